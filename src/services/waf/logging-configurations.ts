// Where web ACLs log.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_PutLoggingConfiguration.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Reader } from '../../store/store.ts';
import { checkedLogGroupName, checkLoggingFilter, checkRedactedFields } from './checks/logging-checks.ts';
import { entityByArn, entityKey, type Place, placeOf } from './entities.ts';
import { checkedEntityName } from './entity-arn.ts';
import { pageOf } from './paging.ts';
import { invalidParameter, nonexistentItem } from './refusals.ts';
import { toDocument } from './rule-document.ts';
import { type Input, scopeOf, type WafContext, type WafOperations } from './waf-context.ts';
import { type LoggingDocument, loggingKind, webAclKind } from './waf-documents.ts';

interface NamesLogs {
  readonly ResourceArn?: string | undefined;
  readonly LogScope?: string | undefined;
}

export function loggingConfigurationOperations({ store, logGroupExists }: WafContext) {
  return {
    async PutLoggingConfiguration({ LoggingConfiguration: given }: Input<'PutLoggingConfiguration'>, caller: Caller) {
      const scope = scopeOf(caller);
      const configuration = toDocument(given ?? { ResourceArn: undefined, LogDestinationConfigs: undefined });
      const { LogDestinationConfigs = [], RedactedFields, LoggingFilter, LogType, LogScope } = configuration;
      checkLogScope(configuration);
      const logGroupName = checkedLogGroupName(LogDestinationConfigs, scope);
      checkRedactedFields(RedactedFields ?? []);
      if (LoggingFilter !== undefined) checkLoggingFilter(LoggingFilter);
      if (!(await logGroupExists(scope, logGroupName))) throw noLogGroup(logGroupName);
      return store.transact(async (transaction) => {
        const { place, id, arn } = await loggedBy(transaction, configuration, caller);
        const logging: LoggingDocument = {
          ...{ webAclArn: arn, destinationArn: LogDestinationConfigs[0] ?? '', logGroupName },
          ...(RedactedFields === undefined ? {} : { redactedFields: RedactedFields }),
          ...(LoggingFilter === undefined ? {} : { loggingFilter: LoggingFilter }),
          ...(LogType === undefined ? {} : { logType: LogType }),
          ...(LogScope === undefined ? {} : { logScope: LogScope }),
        };
        await transaction.put({ ...entityKey(place, webAclKind, id), kind: loggingKind }, logging);
        return { LoggingConfiguration: toLogging(logging) };
      });
    },

    async GetLoggingConfiguration(input: Input<'GetLoggingConfiguration'>, caller: Caller) {
      checkLogScope(input);
      const { place, id } = await loggedBy(store, input, caller);
      const logging = await store.get<LoggingDocument>({ ...entityKey(place, webAclKind, id), kind: loggingKind });
      if (logging === undefined) throw nonexistentItem();
      return { LoggingConfiguration: toLogging(logging) };
    },

    async DeleteLoggingConfiguration(input: Input<'DeleteLoggingConfiguration'>, caller: Caller) {
      checkLogScope(input);
      await store.transact(async (transaction) => {
        const { place, id } = await loggedBy(transaction, input, caller);
        const wasThere = await transaction.delete({ ...entityKey(place, webAclKind, id), kind: loggingKind });
        if (!wasThere) throw nonexistentItem();
      });
      return {};
    },

    async ListLoggingConfigurations(input: Input<'ListLoggingConfigurations'>, caller: Caller) {
      checkLogScope(input);
      const { scope, wafScope } = placeOf(input, caller);
      const { items: all } = await store.list<LoggingDocument>(scope, loggingKind, wafScope);
      const { items, next } = pageOf(all, input, [loggingKind, scope.account, scope.region, wafScope]);
      return { LoggingConfigurations: items.map(toLogging), ...next };
    },
  } satisfies WafOperations;
}

interface Logged {
  readonly place: Place;
  readonly id: string;
  readonly arn: string;
}

/** The web ACL whose logs are meant. Throws WAFNonexistentItemException or WAFInvalidParameterException. */
async function loggedBy(reader: Reader, { ResourceArn: arn = '' }: NamesLogs, caller: Caller): Promise<Logged> {
  const scope = scopeOf(caller);
  const { wafScope } = checkedEntityName(arn, scope, [webAclKind]);
  const webAcl = await entityByArn(reader, scope, webAclKind, arn);
  if (webAcl === undefined) throw nonexistentItem();
  return { place: { scope, wafScope }, id: webAcl.id, arn };
}

/** AWS: the other scopes are those of Security Lake and of telemetry rules. Seen: API reference, LoggingConfiguration. */
function checkLogScope({ LogScope: logScope = 'CUSTOMER' }: NamesLogs): void {
  if (logScope !== 'CUSTOMER') throw invalidParameter('Logs are those of CUSTOMER here.', 'LOG_DESTINATION', logScope);
}

function noLogGroup(name: string): AwsError {
  return new AwsError(
    'WAFLogDestinationPermissionIssueException',
    `The log group ${name} does not exist. Create it before web ACLs log to it.`,
  );
}

function toLogging({ webAclArn, destinationArn, redactedFields, loggingFilter, logType, logScope }: LoggingDocument) {
  return {
    ...{ ResourceArn: webAclArn, LogDestinationConfigs: [destinationArn], ManagedByFirewallManager: false },
    // The store's documents are frozen; the answer's types are not.
    ...(redactedFields === undefined ? {} : { RedactedFields: structuredClone(redactedFields) as WireFields }),
    ...(loggingFilter === undefined ? {} : { LoggingFilter: structuredClone(loggingFilter) as WireFilter }),
    ...(logType === undefined ? {} : { LogType: logType }),
    ...(logScope === undefined ? {} : { LogScope: logScope }),
  };
}

type WireConfiguration = NonNullable<Input<'PutLoggingConfiguration'>['LoggingConfiguration']>;
type WireFields = NonNullable<WireConfiguration['RedactedFields']>;
type WireFilter = NonNullable<WireConfiguration['LoggingFilter']>;
