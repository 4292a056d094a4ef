// PutCompositeAlarm: an alarm on the states of other alarms.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import {
  type AlarmDocument,
  alarmKey,
  alarmNameIn,
  type CompositeAlarmDocument,
  findAlarm,
  initialState,
  keptState,
} from './alarm-document.ts';
import { configurationItem, keepHistory } from './alarm-history.ts';
import { alarmsOf, parseAlarmRule } from './alarm-rule.ts';
import { commonSettings } from './alarm-settings.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { invalidValue, missing } from './refusals.ts';

const NOT_RUN = [
  ...['ActionsSuppressor', 'ActionsSuppressorWaitPeriod', 'ActionsSuppressorExtensionPeriod', 'ActionConfiguration'],
] as const;

export function putCompositeAlarmOperations({ store, now, alarmsChanged }: CloudWatchContext) {
  return {
    async PutCompositeAlarm(input: Input<'PutCompositeAlarm'>, caller: Caller) {
      const scope = scopeOf(caller);
      const unrun = NOT_RUN.find((member) => (input as Readonly<Record<string, unknown>>)[member] !== undefined);
      if (unrun !== undefined) throw invalidValue(`The parameter ${unrun} is not supported here yet.`);
      const { AlarmName: alarmName = '', AlarmRule: alarmRule } = input;
      if (alarmRule === undefined) throw missing('AlarmRule');
      const rule = parseAlarmRule(alarmRule);
      if (rule.kind === 'problem') throw validation(`Invalid AlarmRule: ${rule.message}`);
      const at = now();
      await store.transact(async (transaction) => {
        const former = await findAlarm(transaction, scope, alarmName);
        const unknown: string[] = [];
        for (const named of new Set(alarmsOf(rule))) {
          const child = alarmNameIn(named, scope) ?? named;
          if (child === alarmName) throw validation('An alarm cannot be in its own AlarmRule.');
          if ((await findAlarm(transaction, scope, child)) === undefined) unknown.push(named);
        }
        if (unknown.length > 0) {
          // From memory of the service.
          throw validation(`Could not save the composite alarm as alarms [${unknown.join(', ')}] in the alarm rule do not exist`);
        }
        const alarm: CompositeAlarmDocument = {
          ...{ kind: 'composite', alarmName, alarmRule, configurationUpdatedAt: at },
          ...commonSettings(input, former?.tags),
          ...(former?.kind === 'composite' ? keptState(former) : initialState(at)),
        };
        await transaction.put(alarmKey(scope, alarmName), alarm satisfies AlarmDocument);
        await keepHistory(transaction, scope, configurationItem(alarm, former === undefined ? 'created' : 'updated', at));
      });
      alarmsChanged();
      return {};
    },
  } satisfies CloudWatchOperations;
}

function validation(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
