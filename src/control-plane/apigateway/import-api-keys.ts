// ImportApiKeys: keys from a file of comma-separated values.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Scope } from '../../model/scope.ts';
import type { Transaction } from '../../store/store.ts';
import { checkApiKey, findApiKeyByValue, makeApiKey, textOrNone } from './api-key-values.ts';
import { parseCsvRows } from './csv-rows.ts';
import { badRequest } from './refusals.ts';
import type { Input } from './service.ts';
import type { UsageContext } from './usage-context.ts';
import { findUsagePlan, putApiKey, type StoredApiKey } from './usage-documents.ts';
import { putIntoPlan } from './usage-plan-keys.ts';

/** AWS: a key in a file has at least 30 characters, though CreateApiKey takes 20. Seen: developer guide, API key file format. */
const VALUE_MIN = 30;
/** One transaction holds up every other writer, so a file has an end. */
const ROWS_MAX = 10_000;

/** AWS: names of columns are compared without regard to case, their order is free, and unknown ones are ignored. Seen: as above. */
const columns = ['name', 'key', 'description', 'enabled', 'usageplanids'] as const;
type Row = Readonly<Record<(typeof columns)[number], string | undefined>>;

export async function importApiKeys(context: UsageContext, input: Input<'ImportApiKeys'>, scope: Scope) {
  if (input.format?.toLowerCase() !== 'csv') throw badRequest('Invalid format specified. Must be csv');
  // The wire gives bytes, whatever the client's wider type says.
  const rows = readRows(new TextDecoder().decode(input.body as Uint8Array | undefined));
  return context.store.transact(async (transaction) => {
    const ids: string[] = [];
    const warnings: string[] = [];
    for (const [index, row] of rows.entries()) {
      const warn = (what: string) => warnings.push(`Row ${index + 1}: ${what}`);
      const key = await importRow(context, transaction, scope, row, warn);
      if (key !== undefined) ids.push(key.id);
    }
    // Thrown inside of the transaction: nothing of the file is kept.
    if (input.failOnWarnings === true && warnings.length > 0) {
      throw badRequest(`Warnings found during import:\n\t${warnings.join('\n\t')}`);
    }
    return { ids, warnings };
  });
}

function readRows(text: string): readonly Row[] {
  const table = parseCsvRows(text);
  if (table === undefined) throw badRequest('Invalid CSV: a quote is not closed, or stands inside of a field that is not quoted');
  const [header, ...rows] = table;
  const places = new Map((header ?? []).map((name, place) => [name.trim().toLowerCase(), place]));
  if (!places.has('key')) throw badRequest('Invalid CSV: the first line must name the columns, among them Name and Key');
  if (rows.length > ROWS_MAX) throw badRequest(`A file can have at most ${ROWS_MAX} keys and this one has ${rows.length}`);
  return rows.map(
    // Object.fromEntries makes a member for every column of the table above.
    (fields) => Object.fromEntries(columns.map((name) => [name, fieldOf(fields, places.get(name))])) as Row,
  );
}

function fieldOf(fields: readonly string[], place: number | undefined): string | undefined {
  return place === undefined ? undefined : textOrNone(fields[place]?.trim());
}

/** AWS: a key that is there is overwritten. Seen: developer guide. A row that cannot be is left out with a warning. */
async function importRow(
  context: UsageContext,
  transaction: Transaction,
  scope: Scope,
  row: Row,
  warn: (what: string) => void,
): Promise<StoredApiKey | undefined> {
  const value = row.key;
  if (value === undefined) {
    warn('the key is missing');
    return undefined;
  }
  try {
    checkApiKey({ value, name: row.name, description: row.description });
    if (value.length < VALUE_MIN) throw badRequest(`API Key value should be at least ${VALUE_MIN} characters`);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    warn(error.message);
    return undefined;
  }
  const enabled = row.enabled?.toLowerCase() === 'true';
  const former = await findApiKeyByValue(context, transaction, scope, value);
  let key =
    former === undefined
      ? await makeApiKey(context, transaction, scope, {
          value,
          name: row.name,
          description: row.description,
          enabled,
          stageKeys: [],
        })
      : overwritten(former, row, enabled, context.timestamp());
  if (former !== undefined) await putApiKey(transaction, scope, key);
  for (const planId of (row.usageplanids ?? '').split(',').map((each) => each.trim())) {
    if (planId === '' || key.planIds.includes(planId)) continue;
    const plan = await findUsagePlan(transaction, scope, planId);
    if (plan === undefined) {
      warn(`usage plan ${planId} does not exist`);
      continue;
    }
    try {
      key = await putIntoPlan(context, transaction, scope, key, plan);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      warn(error.message);
    }
  }
  return key;
}

function overwritten(former: StoredApiKey, row: Row, enabled: boolean, now: string): StoredApiKey {
  const { name: _, description: __, ...kept } = former;
  return {
    ...kept,
    ...(row.name === undefined ? {} : { name: row.name }),
    ...(row.description === undefined ? {} : { description: row.description }),
    enabled,
    lastUpdatedDate: now,
  };
}
