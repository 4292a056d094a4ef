// Runs the operations of one import of a REST API. What they refuse is collected, so that one answer names everything that is wrong.

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import { validatedInput } from '../../aws/validated-input.ts';
import type { Output, ServiceContext, V1Operations } from '../apigateway/service.ts';
import { Turns } from '../turns.ts';
import type { ImportNotes } from './api-definition.ts';
import { awsRefusal } from './aws-refusal.ts';
import type { DocumentNode } from './document-node.ts';
import { passedRoles } from './passed-roles.ts';

type OperationName = keyof V1Operations & string;

/** An answer has an end, also for a document in which everything is wrong. */
const ERRORS_MAX = 50;

export class RestImporter {
  readonly #operations: V1Operations;
  readonly #caller: Caller;
  readonly #assertMayPassRole: ServiceContext['assertMayPassRole'];
  readonly #errors: string[] = [];
  readonly #places: string[] = [];
  readonly #turns = new Turns();
  /** What was found that does not stop the import; errors bring it along. */
  readonly notes: ImportNotes;

  constructor(
    operations: V1Operations,
    caller: Caller,
    notes: ImportNotes,
    assertMayPassRole?: ServiceContext['assertMayPassRole'],
  ) {
    this.#operations = operations;
    this.#caller = caller;
    this.notes = notes;
    this.#assertMayPassRole = assertMayPassRole;
  }

  /** Like a call from outside: held to the shapes and constraints of the service model. */
  async perform<Op extends OperationName>(name: Op, input: object): Promise<Output<Op>> {
    // The table's entry for the name; its type follows from the name, which TypeScript does not see through the index.
    const operation = this.#operations[name] as ((input: unknown, caller: Caller) => Promise<Output<Op>>) | undefined;
    if (operation === undefined) throw new Error(`${name} is not in the table of operations`);
    await this.#turns.next();
    for (const role of passedRoles(input)) this.#assertMayPassRole?.(this.#caller, role);
    return operation(validatedInput('apigateway', name, input as Readonly<Record<string, unknown>>), this.#caller);
  }

  /**
   * For what `at` asks for; undefined when it was refused. `what` begins the sentence that says so. An input that is a function
   * may throw as operations do.
   */
  async make<Op extends OperationName>(
    name: Op,
    input: object | (() => object),
    at: DocumentNode,
    what: string,
  ): Promise<Output<Op> | undefined> {
    try {
      return await this.perform(name, typeof input === 'function' ? (input as () => object)() : input);
    } catch (error) {
      if (!(error instanceof AwsError) || (error.status ?? 400) >= 500) throw error;
      if (this.#errors.length === ERRORS_MAX) this.throwIfAny();
      this.#errors.push(`${what}: ${error.message}`);
      const why = typeof error.cause === 'string' ? ` (${error.cause})` : '';
      this.#places.push(`${what}: ${error.message.replace(/[^.!?)\]]$/, '$&.')}${why}${at.place()}`);
      return undefined;
    }
  }

  /**
   * AWS: these words, one line for each, and no places. Seen: ustayready/fireprox#37; with warnings, two public reports of 2024
   * (`Model reference must be in canonical form`).
   */
  throwIfAny(): void {
    if (this.#errors.length === 0) return;
    const { warnings } = this.notes;
    const found = warnings.length === 0 ? '' : `\nAdditionally, these warnings were found:\n\t${warnings.join('\n\t')}`;
    throw awsRefusal(`Errors found during import:\n\t${this.#errors.join('\n\t')}${found}`, this.#places.join(' '));
  }
}
