import type { AlarmPlan } from './alarm-plan.ts';
import type { MetricAlarmProperties } from './alarm-properties.ts';
import type { AlarmState, Judgement } from './judge.ts';

const WORDS: Readonly<Record<MetricAlarmProperties['ComparisonOperator'], string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to the threshold',
  GreaterThanThreshold: 'greater than the threshold',
  LessThanThreshold: 'less than the threshold',
  LessThanOrEqualToThreshold: 'less than or equal to the threshold',
  LessThanLowerOrGreaterThanUpperThreshold: 'less than the lower thresholds or greater than the upper thresholds',
  LessThanLowerThreshold: 'less than the lower thresholds',
  GreaterThanUpperThreshold: 'greater than the upper thresholds',
};

/** Numbers as CloudWatch writes them: 1 is `1.0`. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));
const two = (value: number): string => String(value).padStart(2, '0');
const shortDate = (atMs: number): string => {
  const date = new Date(atMs);
  const day = `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${two(date.getUTCFullYear() % 100)}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
};
/** As in `stateReasonData` and events: with a zone of four digits. */
export const longDate = (atMs: number): string => new Date(atMs).toISOString().replace('Z', '+0000');
const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;

export function stateReason(
  alarm: MetricAlarmProperties,
  judgement: Judgement & { state: AlarmState },
  { plan, from }: { plan: AlarmPlan; from: AlarmState },
): string {
  const { state, evaluated, filled } = judgement;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${count(plan.evaluationPeriods, 'datapoint')} ${plan.evaluationPeriods === 1 ? 'was' : 'were'} unknown.`;
  }
  const treated = `${count(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${alarm.TreatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching'}]`;
  if (evaluated.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${count(plan.evaluationPeriods, 'period')} and ${treated}.`;
  }
  const decisive = evaluated.filter(({ isBreaching }) => isBreaching === (state === 'ALARM'));
  const list = decisive.toReversed().map(({ value, atMs }) => `${decimal(value)} (${shortDate(atMs)})`);
  const verb = decisive.length === 1 ? 'was' : 'were';
  const not = state === 'ALARM' ? '' : 'not ';
  const threshold = alarm.Threshold === undefined ? '' : ` (${decimal(alarm.Threshold)})`;
  const needed = state === 'ALARM' ? plan.datapointsToAlarm : plan.evaluationPeriods - plan.datapointsToAlarm + 1;
  const minimum = `(minimum ${count(needed, 'datapoint')} for ${from === 'INSUFFICIENT_DATA' ? (state === 'ALARM' ? 'OK' : 'ALARM') : from} -> ${state} transition)`;
  const crossed = `Threshold Crossed: ${decisive.length} out of the last ${count(plan.evaluationPeriods, 'datapoint')} [${list.join(', ')}] ${verb} ${not}${WORDS[alarm.ComparisonOperator]}${threshold}`;
  return filled === 0 ? `${crossed} ${minimum}.` : `${crossed} and ${treated} ${minimum}.`;
}

export function stateReasonData(
  alarm: MetricAlarmProperties,
  judgement: Judgement,
  { plan, atMs, sampleCounts }: { plan: AlarmPlan; atMs: number; sampleCounts: ReadonlyMap<number, number> },
): Record<string, unknown> {
  const { evaluated } = judgement;
  return {
    version: '1.0',
    queryDate: longDate(atMs),
    ...(evaluated[0] === undefined ? {} : { startDate: longDate(evaluated[0].atMs) }),
    ...(alarm.Statistic === undefined ? {} : { statistic: alarm.Statistic }),
    ...(alarm.ExtendedStatistic === undefined ? {} : { extendedStatistic: alarm.ExtendedStatistic }),
    ...(alarm.Unit === undefined ? {} : { unit: alarm.Unit }),
    period: plan.periodMs / 1000,
    recentDatapoints: evaluated.map(({ value }) => value),
    ...(alarm.Threshold === undefined ? {} : { threshold: alarm.Threshold }),
    evaluatedDatapoints: evaluated.toReversed().map(({ atMs: at, value }) => ({
      timestamp: longDate(at),
      ...(sampleCounts.has(at) ? { sampleCount: sampleCounts.get(at) } : {}),
      value,
    })),
  };
}
