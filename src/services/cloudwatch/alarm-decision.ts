// From the values of the last periods to a state: CloudWatch's rules for M of N and for missing values.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

import type { AlarmState, Comparison, MissingData } from './alarm-document.ts';

export interface AlarmRules {
  /** N. */
  readonly evaluationPeriods: number;
  /** M. */
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatMissingData: MissingData;
}

export interface Decision {
  /** `keep`: nothing is known that would change it. */
  readonly state: AlarmState | 'keep';
  /** Positions (in what was looked at) of the values that were evaluated, oldest first. */
  readonly evaluated: readonly number[];
  /** Missing values that were taken for something. */
  readonly filled: number;
}

export function isBreaching(value: number, { comparison, threshold }: Pick<AlarmRules, 'comparison' | 'threshold'>): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}

/** `values`: of the evaluation range, oldest first; undefined where a period has none. */
export function decide(values: readonly (number | undefined)[], rules: AlarmRules): Decision {
  const { evaluationPeriods: n, datapointsToAlarm: m, treatMissingData } = rules;
  const real = values.flatMap((value, index) => (value === undefined ? [] : [index]));
  const breaches = (positions: readonly number[]) =>
    positions.filter((index) => isBreaching(values[index] as number, rules)).length;
  if (real.length >= n) {
    const evaluated = real.slice(-n);
    return { state: breaches(evaluated) >= m ? 'ALARM' : 'OK', evaluated, filled: 0 };
  }
  const found = breaches(real);
  const missing = n - real.length;
  if (treatMissingData === 'breaching') {
    return { state: found + missing >= m ? 'ALARM' : 'OK', evaluated: real, filled: missing };
  }
  if (treatMissingData === 'notBreaching') return { state: found >= m ? 'ALARM' : 'OK', evaluated: real, filled: missing };
  if (real.length === 0) {
    return { state: treatMissingData === 'ignore' ? 'keep' : 'INSUFFICIENT_DATA', evaluated: [], filled: 0 };
  }
  if (found >= m) return { state: 'ALARM', evaluated: real, filled: 0 };
  if (found < real.length) return { state: 'OK', evaluated: real, filled: 0 };
  // Every value that came breaches: the oldest long enough ago, so that not all later ones can have been good.
  const oldest = values.length - (real[0] as number);
  const state = treatMissingData === 'missing' && oldest >= m ? 'ALARM' : 'keep';
  return { state, evaluated: real, filled: 0 };
}
