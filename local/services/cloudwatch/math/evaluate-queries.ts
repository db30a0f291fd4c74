import * as z from 'zod';
import { AwsError } from '../../rpc/aws-error.ts';
import { merge } from '../metrics/distribution.ts';
import { type Metric, metricOf, UNITS, type Unit } from '../metrics/metric.ts';
import type { Point } from '../metrics/metric-store.ts';
import { isStatistic, statistic } from '../metrics/statistic.ts';
import { anomalyBand } from './anomaly-band.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import { calls, idsOf } from './expression.ts';
import { mathError } from './math-error.ts';
import { parseExpression } from './parse-expression.ts';
import { isBand, isSeries, type MathValue, type Series } from './series.ts';

const Period = z
  .number()
  .int()
  .refine((seconds) => [1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0), {
    message: 'must be 1, 5, 10, 20, 30 or a multiple of 60',
  });

export const DimensionSchema = z.strictObject({ Name: z.string().min(1), Value: z.string().min(1) });
export const MetricSchema = z.strictObject({
  Namespace: z.string().min(1),
  MetricName: z.string().min(1),
  Dimensions: z.array(DimensionSchema).max(30).optional(),
});
export const StatisticName = z
  .string()
  .refine(isStatistic, { message: 'must be SampleCount, Average, Sum, Minimum, Maximum or a percentile such as p99' });

export const MetricDataQuery = z
  .strictObject({
    Id: z.string().regex(/^[a-z][a-zA-Z0-9_]*$/),
    AccountId: z.string().optional(),
    Expression: z.string().min(1).optional(),
    Label: z.string().optional(),
    MetricStat: z
      .strictObject({ Metric: MetricSchema, Period, Stat: StatisticName, Unit: z.enum(UNITS).optional() })
      .optional(),
    Period: Period.optional(),
    ReturnData: z.boolean().default(true),
  })
  .refine(({ Expression, MetricStat }) => (Expression === undefined) !== (MetricStat === undefined), {
    message: 'a query has either an Expression or a MetricStat',
  });
export type MetricDataQuery = z.infer<typeof MetricDataQuery>;

/** Reads the points of a metric, from one moment to before another. */
export type ReadPoints = (
  metric: Metric,
  range: { fromMs: number; untilMs: number; unit?: Unit | undefined },
) => readonly Point[];

export interface QueryWindow {
  /** Beginnings of the periods are counted from here. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface EvaluatedQueries {
  /** @throws ValidationError for an id that is not there, and for what cannot be evaluated */
  value(id: string): MathValue;
  series(id: string): readonly Series[];
  /** How many values lie behind each period of a plain metric, for those who explain an alarm. */
  sampleCounts(id: string): Series;
}

/** Evaluates the queries of one request, each once and only when it is asked for. */
export function evaluateQueries(
  queries: readonly MetricDataQuery[],
  { startMs, endMs }: QueryWindow,
  read: ReadPoints,
): EvaluatedQueries {
  const byId = new Map(queries.map((query) => [query.Id, query]));
  if (byId.size < queries.length) throw new AwsError('ValidationError', 'The ids of MetricDataQueries must be unique');
  const known = new Map<string, MathValue>();

  /** That of the metrics that an expression comes from in the end. */
  const periodMs = (query: MetricDataQuery, path: readonly string[] = []): number => {
    if (query.MetricStat !== undefined) return query.MetricStat.Period * 1000;
    const text = query.Expression ?? '';
    if (path.includes(query.Id)) throw mathError(text, `'${query.Id}' depends on itself`);
    const parsed = parseExpression(text);
    const ids = calls(parsed, 'METRICS') ? metricIds() : idsOf(parsed).filter((id) => byId.has(id));
    const periods = ids.map((id) => periodMs(byId.get(id) as MetricDataQuery, [...path, query.Id]));
    if (periods.length === 0) return 1000 * (query.Period ?? 60);
    const longest = Math.max(...periods);
    if (periods.some((period) => period !== longest)) {
      throw mathError(text, 'its metrics must all have the same period here');
    }
    return longest;
  };
  const metricIds = (): string[] => queries.filter(({ MetricStat }) => MetricStat !== undefined).map(({ Id }) => Id);

  const value = (id: string): MathValue => {
    const query = byId.get(id);
    if (query === undefined) throw new AwsError('ValidationError', `There is no query with the id '${id}'`);
    const done = known.get(id);
    if (done !== undefined) return done;
    const result =
      query.MetricStat === undefined ? expressionValue(query) : statSeries(query, { startMs, endMs }, read);
    known.set(id, result);
    return result;
  };

  const expressionValue = (query: MetricDataQuery): MathValue => {
    const text = query.Expression ?? '';
    const period = periodMs(query);
    const timeline = periodStarts({ startMs, endMs }, period);
    return evaluateExpression(parseExpression(text), {
      timeline,
      periodMs: period,
      value,
      metrics: () => new Map(metricIds().map((id) => [id, value(id) as Series])),
      band(id, deviations) {
        const metric = byId.get(id);
        if (metric?.MetricStat === undefined) throw mathError(text, `a band needs a metric, and '${id}' is none`);
        return anomalyBand(timeline, { deviations, periodMs: period, valueAt: valueReader(metric, read) });
      },
      fail(reason) {
        throw mathError(text, reason);
      },
    });
  };

  return {
    value,
    series(id) {
      const result = value(id);
      if (typeof result === 'number') {
        const query = byId.get(id) as MetricDataQuery;
        return [new Map(periodStarts({ startMs, endMs }, periodMs(query)).map((atMs) => [atMs, result]))];
      }
      if (isBand(result)) return [result.upper, result.lower];
      return isSeries(result) ? [result] : result;
    },
    sampleCounts(id) {
      const query = byId.get(id);
      if (query?.MetricStat === undefined) return new Map();
      const counting = { ...query, MetricStat: { ...query.MetricStat, Stat: 'SampleCount' } };
      return statSeries(counting, { startMs, endMs }, read);
    },
  };
}

export function periodStarts({ startMs, endMs }: QueryWindow, periodMs: number): readonly number[] {
  const length = Math.max(0, Math.ceil((endMs - startMs) / periodMs));
  return Array.from({ length }, (_, index) => startMs + index * periodMs);
}

/** A statistic of each period that has data. */
function statSeries(query: MetricDataQuery, { startMs, endMs }: QueryWindow, read: ReadPoints): Series {
  const { Metric, Stat, Unit, Period: seconds } = query.MetricStat as NonNullable<MetricDataQuery['MetricStat']>;
  const periodMs = seconds * 1000;
  const points = read(metricOf(Metric), { fromMs: startMs, untilMs: endMs, unit: Unit });
  const groups = Map.groupBy(points, ({ atMs }) => startMs + Math.floor((atMs - startMs) / periodMs) * periodMs);
  const series = new Map<number, number>();
  for (const [atMs, group] of groups) {
    const value = statistic(merge(group.map(({ distribution }) => distribution)), Stat);
    if (value !== undefined) series.set(atMs, value);
  }
  return series;
}

function valueReader(query: MetricDataQuery, read: ReadPoints): (atMs: number) => number | undefined {
  const { Period: seconds } = query.MetricStat as NonNullable<MetricDataQuery['MetricStat']>;
  return (atMs) => statSeries(query, { startMs: atMs, endMs: atMs + seconds * 1000 }, read).get(atMs);
}
