// Mapping templates as functions. Text without references and directives is itself; VTL is not served yet and refuses.

import type { TemplateCompiler } from '../../data-plane/rest-api/mapping-template.ts';
import { misconfigured } from '../../data-plane/rest-api/refusal.ts';

export const compileMappingTemplate: TemplateCompiler = (text) => {
  if (!/[$#]/.test(text)) {
    const rendered = { text, requestOverride: undefined, responseOverride: undefined };
    return { render: () => rendered };
  }
  const refusal = misconfigured('The mapping template uses VTL, which is not served yet.');
  return { render: () => refusal };
};
