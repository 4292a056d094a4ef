// ImportDocumentationParts: the documentation of a document, without its API.
// https://docs.aws.amazon.com/apigateway/latest/api/API_ImportDocumentationParts.html

import { partitionOf } from '../../aws/arn.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { documentationPartKind, loadRestApi } from '../apigateway/documents.ts';
import { badRequest } from '../apigateway/refusals.ts';
import { type Input, present, type ServiceContext, scopeOf, type V1Operations } from '../apigateway/service.ts';
import { joinedStore } from '../apigatewayv2/joined-store.ts';
import { ImportNotes } from './api-definition.ts';
import { type DocumentNode, isObject, openDocument } from './document-node.ts';
import type { RestOperationsOver } from './import-rest-api.ts';
import { makeDocumentationParts } from './make-documentation-parts.ts';
import { withLines } from './pending-lines.ts';
import { EXTENSION } from './read-rest-api.ts';
import { readDocumentation } from './read-rest-definition.ts';
import { RestImporter } from './rest-importer.ts';

export function importDocumentationOperations({ store }: ServiceContext, operationsOver: RestOperationsOver) {
  return {
    async ImportDocumentationParts(input: Input<'ImportDocumentationParts'>, caller: Caller) {
      const scope = scopeOf(caller);
      const { id: restApiId } = await loadRestApi(store, scope, input.restApiId);
      // The wire gives bytes, whatever the client's wider type says.
      const text = new TextDecoder().decode(input.body as Uint8Array | undefined);
      const root = await read(text, scope);
      const documentation = root.member(`${EXTENSION}documentation`);
      const warnings = documentation === undefined ? [`The document has no ${EXTENSION}documentation.`] : [];
      if (input.failOnWarnings === true && warnings.length > 0) {
        throw badRequest(`Warnings found during import:\n\t${warnings.join('\n\t')}`);
      }
      const parts = documentation === undefined ? [] : readDocumentation(documentation).parts;
      const importNow = async (transaction: Transaction) => {
        const run = new RestImporter(operationsOver(joinedStore(store, transaction)), caller, new ImportNotes());
        if (input.mode === 'overwrite') await transaction.deleteAll(scope, documentationPartKind, restApiId);
        const ids = await makeDocumentationParts(run, transaction, { scope, restApiId }, parts);
        run.throwIfAny();
        return present({ ids: [...ids], warnings: warnings.length === 0 ? undefined : warnings });
      };
      return withLines(text, () => store.transact(importNow));
    },
  } satisfies V1Operations;
}

/** AWS: this sentence, whatever is wrong. Seen: recorded answers, test_import_documentation_parts_bad_file. */
async function read(text: string, scope: Scope): Promise<DocumentNode> {
  const variables = { AccountId: scope.account, Partition: partitionOf(scope.region), Region: scope.region };
  try {
    const root = await openDocument(text, variables);
    if (isObject(root.value)) return root;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
  throw badRequest('Unable to build importer with provided input.');
}
