// What an OpenAPI document says a REST API is made of, before any of it has an id. Inputs are those of the operations that make it.

import type { Input } from '../apigateway/service.ts';
import type { ImportNotes } from './api-definition.ts';
import type { DocumentNode } from './document-node.ts';

/** Inputs without the ids, which only the import knows. */
type Members<Op extends string> = Omit<Input<Op>, 'restApiId' | 'resourceId' | 'httpMethod'>;

export interface WantedModel {
  readonly at: DocumentNode;
  readonly name: string;
  readonly description: string | undefined;
  /** JSON Schema text. Other models are named by a URL that holds the API's id. Throws AwsError when there is no such model. */
  schema(restApiId: string): string;
}

export interface WantedMethod {
  readonly at: DocumentNode;
  /** With what `basepath` puts before it. */
  readonly path: string;
  /** A verb or `ANY`. */
  readonly httpMethod: string;
  readonly method: Members<'PutMethod'>;
  /** The name of the security scheme, and of the authorizer that it becomes. */
  readonly authorizer: string | undefined;
  readonly requestValidator: string | undefined;
  readonly responses: readonly Members<'PutMethodResponse'>[];
  readonly integration: WantedIntegration | undefined;
}

export interface WantedIntegration {
  readonly at: DocumentNode;
  readonly input: Members<'PutIntegration'>;
  readonly responses: readonly Members<'PutIntegrationResponse'>[];
}

export interface WantedDocumentation {
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly parts: readonly { readonly at: DocumentNode; readonly input: Members<'CreateDocumentationPart'> }[];
}

export interface RestDefinition {
  readonly at: DocumentNode;
  readonly api: Input<'CreateRestApi'>;
  readonly models: readonly WantedModel[];
  readonly authorizers: readonly { readonly at: DocumentNode; readonly input: Members<'CreateAuthorizer'> }[];
  readonly requestValidators: readonly { readonly at: DocumentNode; readonly input: Members<'CreateRequestValidator'> }[];
  readonly gatewayResponses: readonly { readonly at: DocumentNode; readonly input: Members<'PutGatewayResponse'> }[];
  readonly methods: readonly WantedMethod[];
  readonly documentation: WantedDocumentation | undefined;
  readonly notes: ImportNotes;
}
