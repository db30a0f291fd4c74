import { type CaptureSourceOptions, captureSource } from '../../domain/capture/capture-source.ts';
import { type Baseline, writeBaseline } from '../../domain/drift/profile/baseline.ts';
import type { BaselineFile } from '../../ports/baseline-store.ts';
import { makeBaseline } from '../make-baseline.ts';

export type BaselineFiles = Readonly<Record<BaselineFile, string>>;

/**
 * Makes a baseline of traffic that was captured, for a version without a training set at hand.
 *
 * @throws `baseline.malformed` where no record can be read
 */
export async function baselineOfCaptures(
  options: CaptureSourceOptions,
): Promise<{ readonly baseline: Baseline; readonly files: BaselineFiles }> {
  const { source, hidden } = captureSource(options);
  const { baseline, statistics, constraints } = await makeBaseline(source, options.model, {
    featureNames: () => options.featureNames,
    isOrdered: true,
    hidden,
  });
  const files = {
    'profile.json': writeBaseline(baseline),
    'statistics.json': JSON.stringify(statistics),
    'constraints.json': JSON.stringify(constraints),
  };
  return { baseline, files };
}
