// What both kinds of alarms are given: actions, tags, a name.

import type { Input } from './cloudwatch-context.ts';
import { invalidValue } from './refusals.ts';
import { mergedTags } from './tag-rules.ts';

/** AWS: five actions for a state. Seen: API reference, PutMetricAlarm. */
const ACTIONS_MAX = 5;

type Given = Pick<
  Input<'PutMetricAlarm'>,
  'AlarmDescription' | 'ActionsEnabled' | 'OKActions' | 'AlarmActions' | 'InsufficientDataActions' | 'Tags'
>;

/** Tags count when the alarm is new: one that is there keeps its own. AWS: Seen: API reference, PutMetricAlarm, Tags. */
export function commonSettings(input: Given, formerTags: Readonly<Record<string, string>> | undefined) {
  return {
    ...(input.AlarmDescription === undefined ? {} : { description: input.AlarmDescription }),
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: actions(input.OKActions, 'OKActions'),
    alarmActions: actions(input.AlarmActions, 'AlarmActions'),
    insufficientDataActions: actions(input.InsufficientDataActions, 'InsufficientDataActions'),
    tags: formerTags ?? mergedTags({}, input.Tags ?? []),
  };
}

/** Topics, functions, and (beyond AWS) URLs that are posted to. */
const ACTION =
  /^(?:arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}|arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_:$-]{1,256}|https?:\/\/[^\s]{1,1000})$/;

function actions(given: readonly string[] | undefined, member: string): readonly string[] {
  const named = given ?? [];
  if (named.length > ACTIONS_MAX)
    throw invalidValue(`The collection ${member} must not have a size greater than ${ACTIONS_MAX}.`);
  for (const action of named) {
    if (!ACTION.test(action)) {
      throw invalidValue(
        `The value ${action} for parameter ${member} is not supported here: name an SNS topic, a Lambda function or a URL.`,
      );
    }
  }
  return named;
}
