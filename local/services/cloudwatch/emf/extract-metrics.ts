import * as z from 'zod';
import { createCollector } from '../metrics/distribution.ts';
import { sortDimensions, UNITS } from '../metrics/metric.ts';
import type { Datum } from '../metrics/metric-store.ts';

const VALUES_LIMIT = 100;
const DIMENSIONS_LIMIT = 30;
const METRICS_LIMIT = 100;

/** CloudWatch's embedded metric format, version of 2020: what is not as it says yields no metric. */
const Directive = z.object({
  Namespace: z.string().min(1).max(1024),
  Dimensions: z.array(z.array(z.string()).max(DIMENSIONS_LIMIT)).default([[]]),
  Metrics: z
    .array(
      z.object({
        Name: z.string().min(1).max(1024),
        Unit: z.enum(UNITS).default('None'),
        StorageResolution: z.union([z.literal(1), z.literal(60)]).default(60),
      }),
    )
    .max(METRICS_LIMIT),
});
const Document = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(Directive) }),
});
const Values = z.union([z.number().transform((value) => [value]), z.array(z.number()).max(VALUES_LIMIT)]);

/**
 * The metrics of one line of a log, which may begin with what the runtime writes before a message.
 *
 * @returns none for a line that is no document of the format; within one, what the format does not allow is left out, as on AWS
 */
export function extractMetrics(line: string): readonly Datum[] {
  const parsed = Document.safeParse(parseFrom(line, line.indexOf('{')));
  if (!parsed.success) return [];
  const { _aws: aws, ...members } = parsed.data;
  return aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name, Unit, StorageResolution }) => {
      const values = Values.safeParse(members[Name]).data ?? [];
      if (values.length === 0) return [];
      const collector = createCollector();
      for (const value of values) collector.add(value);
      const common = {
        unit: Unit,
        atMs: aws.Timestamp,
        resolutionS: StorageResolution,
        distribution: collector.take(),
      };
      return dimensionSets(Dimensions, members).map((dimensions) => ({
        ...common,
        metric: { namespace: Namespace, name: Name, dimensions },
      }));
    }),
  );
}

/** One metric for each set of dimensions whose values are all there, as text. */
function dimensionSets(sets: readonly (readonly string[])[], members: Readonly<Record<string, unknown>>) {
  return sets.flatMap((names) => {
    const dimensions = names.map((Name) => ({ Name, Value: members[Name] }));
    const isWhole = dimensions.every(({ Value }) => typeof Value === 'string' && Value !== '');
    return isWhole ? [sortDimensions(dimensions as { Name: string; Value: string }[])] : [];
  });
}

function parseFrom(line: string, start: number): unknown {
  try {
    return start < 0 ? undefined : JSON.parse(line.slice(start));
  } catch {
    // A line of any program's: most are no documents.
    return undefined;
  }
}
