// Dashboards: documents of an account, the same in all its regions.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html

import { partitionOf } from '../../aws/arn.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { DocumentKey, Reader } from '../../store/store.ts';
import type { CloudWatchContext, CloudWatchOperations, Input } from './cloudwatch-context.ts';
import { checkDashboardBody } from './dashboard-body.ts';
import { fromPageToken, toPageToken } from './paging.ts';
import { invalidValue, missing } from './refusals.ts';
import { mergedTags } from './tag-rules.ts';

export interface DashboardDocument {
  readonly dashboardName: string;
  /** JSON text, as it came. */
  readonly dashboardBody: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly tags: Readonly<Record<string, string>>;
}

export const dashboardKind = 'cloudwatch/dashboard';

/** AWS: dashboards are global; here they are kept as if they were of this region. Seen: API reference, PutDashboard. */
const DASHBOARD_REGION = 'us-east-1';
// AWS: Seen: API reference, PutDashboard, ListDashboards and DeleteDashboards.
const NAME_LENGTH_MAX = 255;
const NAME = /^[A-Za-z0-9_-]+$/;
const PAGE = 1_000;
const DELETED_MAX = 100;
/** Dashboards read at once: their bodies come along, and may be large. */
const STEP = 50;

export function dashboardKey(account: string, dashboardName: string): DocumentKey {
  return { scope: { account, region: DASHBOARD_REGION }, kind: dashboardKind, parent: '', id: dashboardName };
}

/** `region` says in which partition the account is. */
export function dashboardArn(account: string, dashboardName: string, region = DASHBOARD_REGION): string {
  return `arn:${partitionOf(region)}:cloudwatch::${account}:dashboard/${dashboardName}`;
}

export function dashboardOperations({ store, now }: Pick<CloudWatchContext, 'store' | 'now'>) {
  return {
    async PutDashboard(input: Input<'PutDashboard'>, { account }: Caller) {
      const dashboardName = checkedName(input.DashboardName);
      const { DashboardBody: dashboardBody = '' } = input;
      if (dashboardBody === '') throw missing('DashboardBody');
      const warnings = checkDashboardBody(dashboardBody);
      const tags = mergedTags({}, input.Tags ?? []);
      const key = dashboardKey(account, dashboardName);
      await store.transact(async (transaction) => {
        const present = await transaction.get<DashboardDocument>(key);
        const lastModified = now();
        // AWS: tags are taken of a new dashboard and ignored for one that is there. Seen: API reference, PutDashboard.
        const dashboard: DashboardDocument = { dashboardName, dashboardBody, lastModified, tags: present?.tags ?? tags };
        await transaction.put(key, dashboard);
      });
      return { DashboardValidationMessages: [...warnings] };
    },

    async GetDashboard(input: Input<'GetDashboard'>, { account, region }: Caller) {
      const name = checkedName(input.DashboardName);
      const dashboard = await store.get<DashboardDocument>(dashboardKey(account, name));
      if (dashboard === undefined) throw noDashboard([name]);
      return {
        DashboardArn: dashboardArn(account, name, region),
        DashboardBody: dashboard.dashboardBody,
        DashboardName: name,
      };
    },

    async ListDashboards(input: Input<'ListDashboards'>, { account, region }: Caller) {
      const { DashboardNamePrefix: prefix = '' } = input;
      const list = ['ListDashboards', account, prefix];
      // A place among the names: one that is deleted between two pages moves those after it.
      const place = fromPageToken(input.NextToken, list) ?? 0;
      const entries: { DashboardName: string; DashboardArn: string; LastModified: Date; Size: number }[] = [];
      let at = 0;
      for await (const { dashboardName, dashboardBody, lastModified } of withPrefix(store, account, prefix)) {
        if (at++ < place) continue;
        if (entries.length === PAGE) return { DashboardEntries: entries, NextToken: toPageToken(list, place + PAGE) };
        entries.push({
          DashboardName: dashboardName,
          DashboardArn: dashboardArn(account, dashboardName, region),
          LastModified: new Date(lastModified),
          Size: Buffer.byteLength(dashboardBody),
        });
      }
      return { DashboardEntries: entries };
    },

    async DeleteDashboards(input: Input<'DeleteDashboards'>, { account }: Caller) {
      const { DashboardNames: given = [] } = input;
      if (given.length === 0) throw missing('DashboardNames');
      if (given.length > DELETED_MAX) {
        throw invalidValue(`The collection DashboardNames must not have a size greater than ${DELETED_MAX}.`);
      }
      const names = new Set(given.map(checkedName));
      const absent = await store.transact(async (transaction) => {
        const notThere: string[] = [];
        for (const name of names) if (!(await transaction.delete(dashboardKey(account, name)))) notThere.push(name);
        return notThere;
      });
      // AWS: those that are there are deleted all the same. Seen: the service model of 2026, DeleteDashboards (until then its
      // documentation said that none is); thrown only here, or the transaction would undo it.
      if (absent.length > 0) throw noDashboard(absent);
      return {};
    },
  } satisfies CloudWatchOperations;
}

/** The dashboards whose names begin so, by name. */
async function* withPrefix(reader: Reader, account: string, prefix: string): AsyncGenerator<DashboardDocument> {
  // No name is longer or has other characters, and no document key may: nothing is looked for.
  if (prefix !== '' && (prefix.length > NAME_LENGTH_MAX || !NAME.test(prefix))) return;
  const { scope, kind, parent } = dashboardKey(account, prefix);
  // Names are listed after a name; the one that is the prefix itself comes first.
  const same = prefix === '' ? undefined : await reader.get<DashboardDocument>(dashboardKey(account, prefix));
  if (same !== undefined) yield same;
  let after: string | undefined = prefix === '' ? undefined : prefix;
  do {
    const page: { readonly items: readonly DashboardDocument[]; readonly next?: string } = await reader.list<DashboardDocument>(
      scope,
      kind,
      parent,
      after === undefined ? { limit: STEP } : { after, limit: STEP },
    );
    for (const dashboard of page.items) {
      if (!dashboard.dashboardName.startsWith(prefix)) return;
      yield dashboard;
    }
    after = page.next;
  } while (after !== undefined);
}

function checkedName(name: string | undefined): string {
  if (name === undefined || name === '') throw missing('DashboardName');
  // AWS: the newline too. Seen: recorded answers, test_invalid_dashboard_name.
  if (!NAME.test(name)) {
    throw invalidValue(
      'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n',
    );
  }
  if (name.length > NAME_LENGTH_MAX) {
    throw invalidValue(`The value for field DashboardName must not be longer than ${NAME_LENGTH_MAX} characters.`);
  }
  return name;
}

/** AWS: the code is recorded (`ResourceNotFound`, 404), the words are not. */
function noDashboard(names: readonly string[]): AwsError {
  const which = names.length === 1 ? `Dashboard ${names[0]} does not exist` : `Dashboards ${names.join(', ')} do not exist`;
  return new AwsError('DashboardNotFoundError', which);
}
