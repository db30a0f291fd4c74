import { describe, expect, it } from 'vitest';
import { createClock } from '../../../../local/clock.ts';
import { extractMetrics } from '../../../../local/services/cloudwatch/emf/extract-metrics.ts';
import { lineTime } from '../../../../local/services/cloudwatch/emf/line-time.ts';
import { statistic } from '../../../../local/services/cloudwatch/metrics/statistic.ts';

const document = (more: object = {}, directive: object = {}) => ({
  _aws: {
    Timestamp: 1_000,
    CloudWatchMetrics: [
      {
        Namespace: 'Keelson',
        Dimensions: [['service']],
        Metrics: [{ Name: 'drift', Unit: 'Count' }],
        ...directive,
      },
    ],
  },
  service: 'fraud',
  drift: 1,
  ...more,
});
const extract = (value: unknown) => extractMetrics(JSON.stringify(value));

describe('the embedded metric format', () => {
  it('gives a metric for each name and each set of dimensions', () => {
    const data = extract(document({ region: 'eu' }, { Dimensions: [['service'], ['service', 'region'], []] }));
    expect(data.map(({ metric }) => metric.dimensions.map(({ Value }) => Value))).toEqual([
      ['fraud'],
      ['eu', 'fraud'],
      [],
    ]);
    expect(data[0]).toMatchObject({
      unit: 'Count',
      atMs: 1_000,
      resolutionS: 60,
      metric: { namespace: 'Keelson', name: 'drift' },
    });
  });

  it('takes lists of values, and seconds where they are asked for', () => {
    const [datum] = extract(document({ drift: [1, 2, 3] }, { Metrics: [{ Name: 'drift', StorageResolution: 1 }] }));
    expect(datum).toMatchObject({ unit: 'None', resolutionS: 1 });
    expect(datum && statistic(datum.distribution, 'Sum')).toBe(6);
  });

  it('finds a document behind what the runtime writes before a message', () => {
    const line = `2026-06-01T12:00:00.000Z\tid\tINFO\t${JSON.stringify(document())}`;
    expect(extractMetrics(line)).toHaveLength(1);
  });

  it.each([
    ['a line of text', 'REPORT RequestId: "_aws"'],
    ['broken JSON', '{"_aws":'],
    ['no timestamp', JSON.stringify({ _aws: { CloudWatchMetrics: [] } })],
    ['a message that JSON logging wrapped', JSON.stringify({ message: JSON.stringify(document()) })],
    ['a value that is text', JSON.stringify(document({ drift: '1' }))],
    ['a dimension without a value', JSON.stringify(document({ service: undefined }))],
    ['an unknown unit', JSON.stringify(document({}, { Metrics: [{ Name: 'drift', Unit: 'Apples' }] }))],
    ['101 values', JSON.stringify(document({ drift: Array(101).fill(1) }))],
  ])('gives nothing for %s', (_, line) => {
    expect(extractMetrics(line)).toEqual([]);
  });
});

describe('the time of a line', () => {
  const NOON = Date.UTC(2026, 5, 1, 12);
  const clock = createClock({ wall: () => NOON, offsetMs: 30 * 86_400_000 });

  it('is the one that it says', () => {
    const lastHour = clock.now() - 3_600_000;
    expect(lineTime(lastHour, clock)).toBe(lastHour);
  });

  it('is moved with the clock where it is the time of the machine', () => {
    expect(lineTime(NOON - 20, clock)).toBe(clock.now() - 20);
  });

  it.each([
    ['three weeks ago', -21 * 86_400_000],
    ['in three hours', 3 * 3_600_000],
  ])('is none for a line of %s', (_, ms) => {
    expect(lineTime(clock.now() + ms, clock)).toBeUndefined();
  });
});
