import { describe, expect, it } from 'vitest';
import { createMetricLines } from '../../../local/functions/metric-lines.ts';

const feed = (...pieces: string[]): string[] => {
  const lines: string[] = [];
  const take = createMetricLines((line) => lines.push(line));
  for (const piece of pieces) take(piece);
  return lines;
};

describe('lines with metrics in what a process prints', () => {
  it('are found whole, however they are cut', () => {
    expect(feed('a\n{"_a', 'ws":1}', '\nb {"_aws":2}\n')).toEqual(['{"_aws":1}', 'b {"_aws":2}']);
  });

  it('are found only when they are complete', () => {
    expect(feed('{"_aws":1}')).toEqual([]);
  });

  it('are given up beyond the size of a log event', () => {
    expect(feed('x'.repeat(600_000), 'x'.repeat(600_000), '{"_aws":1}\n{"_aws":2}\n')).toEqual([
      '{"_aws":1}',
      '{"_aws":2}',
    ]);
  });
});
