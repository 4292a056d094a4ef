// CloudWatch in this process: its operations, the way in for what APIs and functions count, and the alarms on it.

import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricPoint } from '../../model/metric.ts';
import type { Scope } from '../../model/scope.ts';
import { openOrPutAside } from '../../store/side-database.ts';
import type { Store } from '../../store/store.ts';
import { AlarmClock } from './alarm-clock.ts';
import { type AlarmDocument, alarmKey } from './alarm-document.ts';
import { AlarmEvaluator } from './alarm-evaluator.ts';
import { actionItem, keepHistory, sweepHistory } from './alarm-history.ts';
import { type AlarmNotification, alarmNotification } from './alarm-notification.ts';
import type { CloudWatchContext, CloudWatchOperations } from './cloudwatch-context.ts';
import { MetricIntake } from './metric-intake.ts';
import { MetricStore } from './metric-store.ts';
import { cloudWatchOperations } from './operations.ts';

export interface CloudWatchServiceOptions {
  readonly store: Store;
  /** Where the metrics are kept (`metrics.sqlite`); undefined keeps them in memory. */
  readonly dataDirectory: string | undefined;
  /** What was counted since it was asked last, as points of the minute in which that was. */
  readonly collect: () => readonly MetricPoint[];
  /** Runs an action of an alarm; resolves to why it failed. Never rejects. */
  readonly act: (action: string, notification: AlarmNotification) => Promise<string | undefined>;
  readonly now?: () => number;
  /** Something the operator should read: metrics were lost or put aside, an action failed. */
  readonly onNotice?: (text: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface CloudWatchService {
  readonly operations: CloudWatchOperations;
  /** Takes the metrics of a line that a function wrote into its log, if it holds any. Never waits and never throws. */
  logged(line: string, scope: Scope): void;
  /** Keeps what was counted until now. Never rejects: what cannot be kept is told and lost. */
  flush(): Promise<void>;
  /** What is done at the end of each minute: what was counted is kept, alarms are looked at. */
  minuteOver(): Promise<void>;
  /** Forgets every metric; alarms follow the store. */
  clear(): void;
  /** Keeps what was counted, then closes. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** How often old values are told in longer periods, and old history is forgotten. */
const AGE_EVERY_MINUTES = 10;

/** Opens the metric store. Throws StoreError. */
export function createCloudWatchService(options: CloudWatchServiceOptions): CloudWatchService {
  const { store, dataDirectory, collect, act, onNotice = () => {}, onError = () => {} } = options;
  const now = options.now ?? Date.now;
  const file = dataDirectory === undefined ? undefined : path.join(dataDirectory, 'metrics.sqlite');
  const metrics = openOrPutAside((kept) => new MetricStore(kept), { file, what: 'metrics', onNotice });
  const intake = new MetricIntake({ metrics, collect, now, onNotice });
  const flush = () => intake.flush();
  let closed = false;

  const runActions = (scope: Scope, alarm: AlarmDocument, former: AlarmDocument): void => {
    if (!alarm.actionsEnabled) return;
    const { okActions, alarmActions, insufficientDataActions } = alarm;
    const actions = { OK: okActions, ALARM: alarmActions, INSUFFICIENT_DATA: insufficientDataActions }[alarm.state];
    const notification = actions.length === 0 ? undefined : alarmNotification(scope, alarm, former);
    for (const action of actions) void runAction(scope, alarm, action, notification as AlarmNotification).catch(onError);
  };
  const runAction = async (scope: Scope, alarm: AlarmDocument, action: string, notification: AlarmNotification) => {
    const problem = await act(action, notification);
    if (closed) return;
    if (problem !== undefined) onNotice(`The alarm ${alarm.alarmName} could not run its action ${action}: ${problem}`);
    await store.transact(async (transaction) => {
      // One that is gone has no history to come.
      if ((await transaction.get(alarmKey(scope, alarm.alarmName))) === undefined) return;
      await keepHistory(transaction, scope, actionItem(alarm, action, problem, now()));
    });
  };
  const context: CloudWatchContext = { store, metrics, now, runActions, alarmsChanged: () => clock.changed() };
  const clock = new AlarmClock({ evaluator: new AlarmEvaluator(context), flush, now, onError });

  const age = async (): Promise<void> => {
    await sweepHistory(store, now());
    while (!closed && metrics.age(now())) await nextTurn();
  };
  const minuteOver = async (): Promise<void> => {
    await flush();
    await clock.minute();
  };
  let timer: NodeJS.Timeout;
  let minutes = 0;
  const everyMinute = (): void => {
    timer = setTimeout(
      () => {
        void minuteOver().catch(onError);
        if (minutes++ % AGE_EVERY_MINUTES === 0) void age().catch(onError);
        everyMinute();
      },
      // What is counted belongs to the minute in which it was: it is asked for right when that is over.
      MINUTE_MS - (now() % MINUTE_MS),
    ).unref();
  };
  everyMinute();

  return {
    operations: cloudWatchOperations(context, flush),
    logged: (line, scope) => intake.logged(line, scope),
    flush,
    minuteOver,
    clear() {
      intake.clear();
      metrics.clear();
    },
    async close() {
      clearTimeout(timer);
      await clock.stop();
      await flush();
      closed = true;
      metrics.close();
    },
  };
}
