// What is wrong with a dashboard's body: problems it is refused for, and warnings it is kept with.

import { AwsError } from '../../aws/aws-error.ts';

export interface DashboardMessage {
  /** A JSON pointer into the body; '' is the body itself. */
  readonly DataPath: string;
  readonly Message: string;
}

/** More are counted and not listed: an answer must not grow with the body. */
const LISTED_MAX = 100;
const QUOTED_MAX = 100;

export class DashboardProblems {
  readonly #errors: DashboardMessage[] = [];
  readonly #warnings: DashboardMessage[] = [];
  #errorCount = 0;

  refuse(path: string, message: string): void {
    this.#errorCount += 1;
    if (this.#errors.length < LISTED_MAX) this.#errors.push({ DataPath: path, Message: message });
  }

  warn(path: string, message: string): void {
    if (this.#warnings.length < LISTED_MAX) this.#warnings.push({ DataPath: path, Message: message });
  }

  /** The warnings, or DashboardInvalidInputError for what was refused. */
  warningsOrThrow(): readonly DashboardMessage[] {
    if (this.#errorCount === 0) return this.#warnings;
    // AWS: the message lists what the member lists, `1 validation errors` too. Seen: aws-eda-slurm-cluster issue 116, guidance-for-
    // automating-network-monitoring issue 7.
    const listed = this.#errors.map(({ DataPath, Message }) => ({ dataPath: DataPath, message: Message }));
    throw invalidDashboard(
      `The dashboard body is invalid, there are ${this.#errorCount} validation errors:\n${JSON.stringify(listed, null, 2)}`,
      this.#errors,
    );
  }
}

export function invalidDashboard(message: string, messages: readonly DashboardMessage[] = []): AwsError {
  return new AwsError('DashboardInvalidInputError', message, { fields: { dashboardValidationMessages: messages } });
}

/** A name out of the body, short enough for a message. */
export function quoted(name: string): string {
  return name.length <= QUOTED_MAX ? name : `${name.slice(0, QUOTED_MAX)}…`;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
