import { type CaptureSourceOptions, captureSource } from '../domain/capture/capture-source.ts';
import { type Baseline, writeBaseline } from '../domain/drift/profile/baseline.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import { makeBaseline } from './make-baseline.ts';

/**
 * Makes a baseline of traffic that was captured, for a version without a training set at hand, and writes it.
 *
 * @param folder where to: mostly `baselineOf(service, version)`
 * @throws `baseline.malformed` where no record can be read
 */
export const baselineOfCaptures =
  ({ baselines }: { readonly baselines: Pick<BaselineStore, 'put'> }) =>
  async (folder: string, options: CaptureSourceOptions): Promise<Baseline> => {
    const { source, hidden } = captureSource(options);
    const { baseline, statistics, constraints } = await makeBaseline(source, options.model, {
      featureNames: () => options.featureNames,
      isOrdered: true,
      hidden,
    });
    await baselines.put(folder, {
      'profile.json': writeBaseline(baseline),
      'statistics.json': JSON.stringify(statistics),
      'constraints.json': JSON.stringify(constraints),
    });
    return baseline;
  };
