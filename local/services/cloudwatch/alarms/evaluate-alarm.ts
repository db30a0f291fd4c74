import { evaluateQueries, periodStarts, type ReadPoints } from '../math/evaluate-queries.ts';
import { isBand } from '../math/series.ts';
import type { AlarmPlan } from './alarm-plan.ts';
import type { MetricAlarmProperties } from './alarm-properties.ts';
import { stateReason, stateReasonData } from './explain.ts';
import { type AlarmState, type Datapoint, judge } from './judge.ts';

/** A change of an alarm's state and why. */
export interface StateChange {
  readonly state: AlarmState;
  readonly reason: string;
  readonly reasonData: Readonly<Record<string, unknown>> | undefined;
}

/** Evaluates an alarm over the range that ends at a moment. @returns undefined where its state stays */
export function evaluateAlarm(
  { alarm, plan, from }: { alarm: MetricAlarmProperties; plan: AlarmPlan; from: AlarmState },
  atMs: number,
  read: ReadPoints,
): StateChange | undefined {
  const window = { startMs: atMs - plan.rangePeriods * plan.periodMs, endMs: atMs };
  const queries = evaluateQueries(plan.queries, window, read);
  const [values = new Map<number, number>()] = queries.series(plan.resultId);
  const isBreaching = comparison(alarm, plan.bandId === undefined ? undefined : queries.value(plan.bandId));
  const range = periodStarts(window, plan.periodMs).map((startMs): Datapoint | undefined => {
    const value = values.get(startMs);
    const breach = value === undefined ? undefined : isBreaching(value, startMs);
    return value === undefined || breach === undefined ? undefined : { atMs: startMs, value, isBreaching: breach };
  });
  const judgement = judge(range, { ...plan, treatMissingData: alarm.TreatMissingData });
  const { state } = judgement;
  if (state === undefined || state === from) return undefined;
  return {
    state,
    reason: stateReason(alarm, { ...judgement, state }, { plan, from }),
    reasonData: stateReasonData(alarm, judgement, { plan, atMs, sampleCounts: queries.sampleCounts(plan.resultId) }),
  };
}

/** @returns whether a value breaches; undefined where nothing is known of what it is compared with */
function comparison(
  { ComparisonOperator, Threshold = 0 }: MetricAlarmProperties,
  band: unknown,
): (value: number, atMs: number) => boolean | undefined {
  const beyond =
    (isOutside: (value: number, lower: number, upper: number) => boolean) => (value: number, atMs: number) => {
      if (typeof band !== 'object' || band === null || !isBand(band as never)) return undefined;
      const { lower, upper } = band as { lower: ReadonlyMap<number, number>; upper: ReadonlyMap<number, number> };
      const [low, high] = [lower.get(atMs), upper.get(atMs)];
      return low === undefined || high === undefined ? undefined : isOutside(value, low, high);
    };
  switch (ComparisonOperator) {
    case 'GreaterThanOrEqualToThreshold':
      return (value) => value >= Threshold;
    case 'GreaterThanThreshold':
      return (value) => value > Threshold;
    case 'LessThanThreshold':
      return (value) => value < Threshold;
    case 'LessThanOrEqualToThreshold':
      return (value) => value <= Threshold;
    case 'LessThanLowerOrGreaterThanUpperThreshold':
      return beyond((value, lower, upper) => value < lower || value > upper);
    case 'LessThanLowerThreshold':
      return beyond((value, lower) => value < lower);
    case 'GreaterThanUpperThreshold':
      return beyond((value, _lower, upper) => value > upper);
  }
}
