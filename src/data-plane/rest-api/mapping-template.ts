// Mapping templates of one integration, by content type: which one is used, and what it makes of a body.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html

import type { Exchange } from './exchange.ts';
import type { Refusal } from './refusal.ts';
import type { RequestOverride, ResponseOverride } from './template-overrides.ts';

export interface Rendered {
  readonly text: string;
  readonly requestOverride: RequestOverride | undefined;
  readonly responseOverride: ResponseOverride | undefined;
}

/** A compiled template. `body` is the text that `$input` reads; `stage` is whose template it is. */
export interface MappingTemplate {
  render(exchange: Exchange, body: string, stage: 'integrationRequest' | 'integrationResponse'): Rendered | Refusal;
}

/** Makes one template of its text. What cannot be compiled refuses every request that it is rendered for. */
export type TemplateCompiler = (text: string) => MappingTemplate;

/**
 * The templates of one direction. A template that is there and empty is undefined inside: AWS reads it as "pass the body on".
 * Seen: developer guide, integration passthrough behaviors.
 */
export class MappingTemplates {
  readonly #byType = new Map<string, MappingTemplate | undefined>();

  constructor(templates: Readonly<Record<string, string | null>>, compile: TemplateCompiler) {
    for (const [contentType, text] of Object.entries(templates)) {
      // AWS: white space around a template is no part of it. Seen: LocalStack's account of the service.
      const trimmed = text?.trim() ?? '';
      this.#byType.set(contentType, trimmed === '' ? undefined : compile(trimmed));
    }
  }

  get isEmpty(): boolean {
    return this.#byType.size === 0;
  }

  /** Undefined when no template is for this type; `{ template: undefined }` when the one that is passes the body on. */
  forRequest(mediaType: string): { readonly template: MappingTemplate | undefined } | undefined {
    if (this.#byType.has(mediaType)) return { template: this.#byType.get(mediaType) };
    return this.#byType.has('$default') ? { template: this.#byType.get('$default') } : undefined;
  }

  /** AWS: what the client accepts, else JSON, else the first. Seen: LocalStack's account of the service. */
  forResponse(accepted: string): MappingTemplate | undefined {
    if (this.#byType.has(accepted)) return this.#byType.get(accepted);
    if (this.#byType.has('application/json')) return this.#byType.get('application/json');
    for (const template of this.#byType.values()) return template;
    return undefined;
  }
}
