import * as z from 'zod';
import { AwsError } from '../../rpc/aws-error.ts';
import { defineOperation, type Operation, timestampMs } from '../../rpc/operation.ts';
import { isAccepted } from '../emf/line-time.ts';
import { DimensionSchema, evaluateQueries, MetricDataQuery, StatisticName } from '../math/evaluate-queries.ts';
import { createCollector, type Distribution, statisticSet } from '../metrics/distribution.ts';
import { metricOf, UNITS } from '../metrics/metric.ts';
import type { MetricStore } from '../metrics/metric-store.ts';

const MAX_DATAPOINTS = 100_800;
const VALUE_LIMIT = 2 ** 360;
const PAGE = 500;
const MINUTE_MS = 60_000;

const Value = z.number().min(-VALUE_LIMIT).max(VALUE_LIMIT);
const MetricDatum = z
  .strictObject({
    MetricName: z.string().min(1).max(255),
    Dimensions: z.array(DimensionSchema).max(30).optional(),
    Timestamp: timestampMs().optional(),
    Value: Value.optional(),
    Values: z.array(Value).max(150).optional(),
    Counts: z.array(z.number().min(0)).max(150).optional(),
    StatisticValues: z
      .strictObject({ SampleCount: z.number().positive(), Sum: Value, Minimum: Value, Maximum: Value })
      .optional(),
    Unit: z.enum(UNITS).default('None'),
    StorageResolution: z.union([z.literal(1), z.literal(60)]).default(60),
  })
  .refine(
    ({ Value, Values, StatisticValues }) =>
      [Value, Values, StatisticValues].filter((given) => given !== undefined).length === 1,
    { message: 'exactly one of Value, Values and StatisticValues must be given' },
  )
  .refine(({ Values, Counts }) => Counts === undefined || Counts.length === Values?.length, {
    message: 'Counts must be as many as Values',
  });
type MetricDatum = z.infer<typeof MetricDatum>;

const PutMetricData = z.strictObject({
  Namespace: z.string().min(1).max(255).regex(/^[^:]/),
  MetricData: z.array(MetricDatum).max(1000),
  StrictEntityValidation: z.boolean().optional(),
});

const GetMetricData = z.strictObject({
  MetricDataQueries: z.array(MetricDataQuery).min(1).max(500),
  StartTime: timestampMs(),
  EndTime: timestampMs(),
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
  MaxDatapoints: z.number().int().optional(),
  NextToken: z.string().optional(),
  LabelOptions: z.strictObject({ Timezone: z.string().optional() }).optional(),
});

const GetMetricStatistics = z.strictObject({
  Namespace: z.string().min(1),
  MetricName: z.string().min(1),
  Dimensions: z.array(DimensionSchema).max(30).optional(),
  StartTime: timestampMs(),
  EndTime: timestampMs(),
  Period: z.number().int().positive(),
  Statistics: z.array(StatisticName).default([]),
  ExtendedStatistics: z.array(StatisticName).default([]),
  Unit: z.enum(UNITS).optional(),
});

const ListMetrics = z.strictObject({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: z
    .array(z.strictObject({ Name: z.string(), Value: z.string().optional() }))
    .max(10)
    .optional(),
  NextToken: z.string().optional(),
  RecentlyActive: z.literal('PT3H').optional(),
  IncludeLinkedAccounts: z.boolean().optional(),
  OwningAccount: z.string().optional(),
});

/** PutMetricData, GetMetricData, GetMetricStatistics, ListMetrics. */
export function metricOperations(store: MetricStore, now: () => number): Readonly<Record<string, Operation>> {
  const parameterError = { errorType: 'InvalidParameterValueException' };
  return {
    PutMetricData: defineOperation(
      PutMetricData,
      ({ Namespace, MetricData }) => {
        const data = MetricData.map((datum, index) => ({
          metric: metricOf({ Namespace, ...datum }),
          unit: datum.Unit,
          atMs: acceptedTime(datum.Timestamp ?? now(), now(), index),
          resolutionS: datum.StorageResolution,
          distribution: distributionOf(datum),
        }));
        store.put(data);
        return {};
      },
      parameterError,
    ),
    GetMetricData: defineOperation(GetMetricData, (input) => getMetricData(input, store)),
    GetMetricStatistics: defineOperation(
      GetMetricStatistics,
      (input) => getMetricStatistics(input, store),
      parameterError,
    ),
    ListMetrics: defineOperation(ListMetrics, (input) => {
      const { Namespace, MetricName, Dimensions, RecentlyActive, NextToken } = input;
      const sinceMs = RecentlyActive === undefined ? undefined : now() - 3 * 3_600_000;
      const all = store.list({ namespace: Namespace, name: MetricName, dimensions: Dimensions, sinceMs });
      const start = NextToken === undefined ? 0 : Number(NextToken);
      const page = all.slice(start, start + PAGE);
      return {
        Metrics: page.map(({ namespace, name, dimensions }) => ({
          Namespace: namespace,
          MetricName: name,
          Dimensions: dimensions,
        })),
        ...(start + PAGE < all.length ? { NextToken: String(start + PAGE) } : {}),
      };
    }),
  };
}

function acceptedTime(atMs: number, nowMs: number, index: number): number {
  if (isAccepted(atMs, nowMs)) return atMs;
  throw new AwsError(
    'InvalidParameterValueException',
    `The parameter MetricData.member.${index + 1}.Timestamp must specify a time no more than two weeks in the past and no more than two hours in the future.`,
    { queryCode: 'InvalidParameterValue' },
  );
}

function distributionOf({ Value: value, Values, Counts, StatisticValues }: MetricDatum): Distribution {
  if (StatisticValues !== undefined) return statisticSet(StatisticValues);
  const collector = createCollector();
  for (const [index, each] of (Values ?? [value ?? 0]).entries()) collector.add(each, Counts?.[index] ?? 1);
  return collector.take();
}

function checkTimes(startMs: number, endMs: number): void {
  if (startMs < endMs) return;
  throw new AwsError('ValidationError', 'The parameter EndTime must be greater than StartTime.');
}

function getMetricData(input: z.infer<typeof GetMetricData>, store: MetricStore): object {
  const { MetricDataQueries: queries, StartTime, EndTime, ScanBy, MaxDatapoints = MAX_DATAPOINTS } = input;
  checkTimes(StartTime, EndTime);
  const longestMs = Math.max(
    MINUTE_MS,
    ...queries.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : MetricStat.Period * 1000)),
  );
  const evaluated = evaluateQueries(
    queries,
    { startMs: Math.floor(StartTime / longestMs) * longestMs, endMs: EndTime },
    store.read,
  );
  const results = queries
    .filter(({ ReturnData }) => ReturnData)
    .flatMap((query) =>
      evaluated.series(query.Id).map((series) => {
        const points = [...series].sort(([a], [b]) => (ScanBy === 'TimestampAscending' ? a - b : b - a));
        return {
          Id: query.Id,
          Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
          StatusCode: 'Complete',
          Timestamps: points.map(([atMs]) => new Date(atMs)),
          Values: points.map(([, value]) => value),
        };
      }),
    );
  const total = results.reduce((sum, { Values }) => sum + Values.length, 0);
  if (total > MaxDatapoints) {
    throw new AwsError(
      'ValidationError',
      `The local CloudWatch answers without pages, and ${total} data points are more than MaxDatapoints ${MaxDatapoints}: ask for a shorter time or a longer period`,
    );
  }
  return { MetricDataResults: results, Messages: [] };
}

function getMetricStatistics(input: z.infer<typeof GetMetricStatistics>, store: MetricStore): object {
  const { StartTime, EndTime, Period, Statistics, ExtendedStatistics, Unit } = input;
  checkTimes(StartTime, EndTime);
  const names = [...Statistics, ...ExtendedStatistics];
  if (names.length === 0) {
    throw new AwsError('InvalidParameterCombinationException', 'Must specify either Statistics or ExtendedStatistics', {
      queryCode: 'InvalidParameterCombination',
    });
  }
  const queries = names.map((Stat, index) =>
    MetricDataQuery.parse({
      Id: `s${index}`,
      MetricStat: {
        Metric: { Namespace: input.Namespace, MetricName: input.MetricName, Dimensions: input.Dimensions },
        Period,
        Stat,
        Unit,
      },
    }),
  );
  const startMs = Math.floor(StartTime / (Period * 1000)) * Period * 1000;
  const evaluated = evaluateQueries(queries, { startMs, endMs: EndTime }, store.read);
  const rows = new Map<number, Record<string, unknown>>();
  for (const [index, name] of names.entries()) {
    for (const [atMs, value] of evaluated.series(`s${index}`)[0] ?? []) {
      const row = rows.get(atMs) ?? { Timestamp: new Date(atMs), Unit: Unit ?? 'None' };
      rows.set(atMs, row);
      if (index < Statistics.length) row[name] = value;
      else row['ExtendedStatistics'] = { ...(row['ExtendedStatistics'] as object | undefined), [name]: value };
    }
  }
  return { Label: input.MetricName, Datapoints: [...rows.values()] };
}
