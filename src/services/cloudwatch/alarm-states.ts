// How alarms come into their states: by evaluation, by hand, or not at all any more.

import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/operations.ts';
import type { Scope } from '../../model/scope.ts';
import { type AlarmDocument, type AlarmState, alarmKey, findAlarm } from './alarm-document.ts';
import { configurationItem, keepHistory, stateItem } from './alarm-history.ts';
import { type CloudWatchContext, type CloudWatchOperations, type Input, scopeOf } from './cloudwatch-context.ts';
import { invalidValue } from './refusals.ts';

export interface NewState {
  readonly state: AlarmState;
  readonly reason: string;
  /** JSON text. */
  readonly reasonData?: string | undefined;
}

/**
 * Brings an alarm into a state, and runs what it does then. `evaluated`: the alarm as it was when the state was found; one that was
 * changed meanwhile is left alone. False when there was nothing to change.
 */
export async function changeState(
  { store, now, runActions, alarmsChanged }: CloudWatchContext,
  scope: Scope,
  evaluated: AlarmDocument,
  { state, reason, reasonData }: NewState,
): Promise<boolean> {
  const at = now();
  const changed = await store.transact(async (transaction) => {
    const alarm = await findAlarm(transaction, scope, evaluated.alarmName);
    const isTheSame = alarm?.stateUpdatedAt === evaluated.stateUpdatedAt;
    if (alarm === undefined || !isTheSame || alarm.configurationUpdatedAt !== evaluated.configurationUpdatedAt) return undefined;
    const { stateReasonData: _, ...rest } = alarm;
    const next: AlarmDocument = {
      ...rest,
      ...{ state, stateReason: reason, stateUpdatedAt: at },
      stateTransitionedAt: state === alarm.state ? alarm.stateTransitionedAt : at,
      ...(reasonData === undefined ? {} : { stateReasonData: reasonData }),
    };
    await transaction.put(alarmKey(scope, alarm.alarmName), next);
    if (state !== alarm.state) await keepHistory(transaction, scope, stateItem(alarm, next, at));
    return { alarm, next };
  });
  if (changed === undefined) return false;
  if (changed.next.state !== changed.alarm.state) {
    runActions(scope, changed.next, changed.alarm);
    alarmsChanged();
  }
  return true;
}

export function alarmStateOperations(context: CloudWatchContext) {
  const { store, now, alarmsChanged } = context;

  async function enable(caller: Caller, names: readonly string[], actionsEnabled: boolean): Promise<object> {
    const scope = scopeOf(caller);
    await store.transact(async (transaction) => {
      for (const name of names) {
        const alarm = await findAlarm(transaction, scope, name);
        // AWS: names of no alarm are passed over. Seen: API reference says no error of them.
        if (alarm === undefined || alarm.actionsEnabled === actionsEnabled) continue;
        await transaction.put(alarmKey(scope, name), { ...alarm, actionsEnabled, configurationUpdatedAt: now() });
      }
    });
    return {};
  }

  return {
    async SetAlarmState(input: Input<'SetAlarmState'>, caller: Caller) {
      const { AlarmName: name = '', StateValue: state, StateReason: reason = '', StateReasonData: reasonData } = input;
      if (reasonData !== undefined && !isJson(reasonData)) throw invalidFormat('StateReasonData must be JSON.');
      const alarm = await findAlarm(store, scopeOf(caller), name);
      if (alarm === undefined) throw noAlarm();
      await changeState(context, scopeOf(caller), alarm, { state: state as AlarmState, reason, reasonData });
      return {};
    },

    async EnableAlarmActions(input: Input<'EnableAlarmActions'>, caller: Caller) {
      return enable(caller, input.AlarmNames ?? [], true);
    },

    async DisableAlarmActions(input: Input<'DisableAlarmActions'>, caller: Caller) {
      return enable(caller, input.AlarmNames ?? [], false);
    },

    async DeleteAlarms(input: Input<'DeleteAlarms'>, caller: Caller) {
      const scope = scopeOf(caller);
      const names = input.AlarmNames ?? [];
      await store.transact(async (transaction) => {
        for (const name of names) {
          const alarm = await findAlarm(transaction, scope, name);
          // AWS: a wrong name keeps all of them. Seen: API reference, DeleteAlarms.
          if (alarm === undefined) throw noAlarm();
          if (alarm.kind === 'composite' && names.length > 1) {
            throw invalidValue('A composite alarm has to be deleted by itself.');
          }
          await transaction.delete(alarmKey(scope, name));
          await keepHistory(transaction, scope, configurationItem(alarm, 'deleted', now()));
        }
      });
      alarmsChanged();
      return {};
    },
  } satisfies CloudWatchOperations;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** AWS: without a message. Seen: recorded answers. */
function noAlarm(): AwsError {
  return new AwsError('ResourceNotFound', '');
}

function invalidFormat(message: string): AwsError {
  return new AwsError('InvalidFormatFault', message);
}
