export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What tells one metric from another: CloudWatch never adds up over dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** Sorted by name: the order in which they were given means nothing. */
  readonly dimensions: readonly Dimension[];
}

export const sortDimensions = (dimensions: readonly Dimension[]): readonly Dimension[] =>
  dimensions
    .map(({ Name, Value }) => ({ Name, Value }))
    .sort((a, b) => (a.Name < b.Name ? -1 : a.Name > b.Name ? 1 : 0));

/** As both a template and a request write it. */
export const metricOf = (given: {
  Namespace: string;
  MetricName: string;
  Dimensions?: readonly Dimension[] | undefined;
}): Metric => ({
  namespace: given.Namespace,
  name: given.MetricName,
  dimensions: sortDimensions(given.Dimensions ?? []),
});

export const UNITS = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const;
export type Unit = (typeof UNITS)[number];
