// x-amazon-apigateway-integration of a REST API's operation.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html

import { AwsError } from '../../aws/aws-error.ts';
import { type Input, present } from '../apigateway/service.ts';
import type { ImportNotes } from './api-definition.ts';
import { awsRefusal } from './aws-refusal.ts';
import type { DocumentNode } from './document-node.ts';
import type { WantedIntegration } from './rest-definition.ts';

interface Place {
  readonly path: string;
  readonly httpMethod: string;
  /** As the document has it, without what comes before every path. */
  readonly documentPath: string;
}

/** AWS: this sentence for an integration that cannot be read. Seen: localstack/localstack#4619, swagger-api/swagger-codegen#10450 (a URI that is an object). */
export function readRestIntegration(at: DocumentNode, place: Place, notes: ImportNotes): WantedIntegration {
  try {
    if (at.member('type') === undefined) throw at.fault('The integration has no type.');
    return readMembers(at, place, notes);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const path = place.documentPath.slice(0, 200);
    throw awsRefusal(`Unable to parse API definition because of a malformed integration at path ${path}.`, error.message);
  }
}

function readMembers(at: DocumentNode, place: Place, notes: ImportNotes): WantedIntegration {
  const type = at.member('type')?.text().toUpperCase() as Input<'PutIntegration'>['type'];
  const tls = at.member('tlsConfig')?.member('insecureSkipVerification')?.boolean();
  return {
    at,
    input: present({
      type,
      // AWS: a mock has none, whatever the document says. Seen: recorded answers, test_import_with_http_method_integration.
      integrationHttpMethod: type === 'MOCK' ? undefined : at.member('httpMethod')?.text().toUpperCase(),
      uri: at.member('uri')?.text(),
      connectionType: at.member('connectionType')?.text().toUpperCase() as Input<'PutIntegration'>['connectionType'],
      connectionId: at.member('connectionId')?.text(),
      credentials: at.member('credentials')?.text(),
      requestParameters: textsOf(at, 'requestParameters', place, notes),
      requestTemplates: at.member('requestTemplates')?.textMap(),
      passthroughBehavior: at.member('passthroughBehavior')?.text().toUpperCase(),
      contentHandling: contentHandlingOf(at),
      timeoutInMillis: at.member('timeoutInMillis')?.number(),
      cacheNamespace: at.member('cacheNamespace')?.text(),
      cacheKeyParameters: at.member('cacheKeyParameters')?.texts(),
      tlsConfig: tls === undefined ? undefined : { insecureSkipVerification: tls },
      responseTransferMode: at
        .member('responseTransferMode')
        ?.text()
        .toUpperCase() as Input<'PutIntegration'>['responseTransferMode'],
      integrationTarget: at.member('integrationTarget')?.text(),
    }),
    responses: (at.member('responses')?.entries() ?? []).map(([pattern, response]) =>
      present({
        statusCode: response.member('statusCode')?.text() ?? '200',
        // AWS: `default` has no pattern. Seen: recorded answers of imports.
        selectionPattern: pattern === 'default' ? undefined : pattern,
        responseParameters: textsOf(response, 'responseParameters', place, notes),
        responseTemplates: response.member('responseTemplates')?.textMap(),
        contentHandling: contentHandlingOf(response),
      }),
    ),
  };
}

function contentHandlingOf(at: DocumentNode): Input<'PutIntegration'>['contentHandling'] {
  return at.member('contentHandling')?.text().toUpperCase() as Input<'PutIntegration'>['contentHandling'];
}

/** AWS: what is no text is left out with this warning. Seen: recorded PutRestApi, test_import_rest_api_with_base_path_oas30. */
function textsOf(
  at: DocumentNode,
  member: string,
  { path, httpMethod }: Place,
  notes: ImportNotes,
): Record<string, string> | undefined {
  const entries = at.member(member)?.entries();
  if (entries === undefined) return undefined;
  const texts = entries.filter(([name, node]) => {
    if (typeof node.value === 'string') return true;
    const got = `of resource '${path}' and method '${httpMethod}' but got '${JSON.stringify(node.value)}'`;
    notes.warn(`Invalid format for '${member}'. Expected type string for property '${name}' ${got}`);
    return false;
  });
  return Object.fromEntries(texts.map(([name, node]) => [name, node.text()]));
}
