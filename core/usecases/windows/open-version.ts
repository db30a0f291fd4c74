import type { ModelVersion } from '../../contracts/api.ts';
import type { MonitorOptions } from '../../contracts/monitor.ts';
import { baselineOf } from '../../contracts/object-keys.ts';
import type { Baseline } from '../../domain/drift/profile/baseline.ts';
import {
  type VerdictOptions,
  type VerdictSettings,
  verdictSettings,
} from '../../domain/drift/verdict/verdict-settings.ts';
import { createBaseline, type Baseline as WatchedBaseline } from '../../domain/drift/verdict/window-test.ts';
import type { ConstraintsDocument } from '../../domain/quality/constraints-document.ts';
import { readConstraints } from '../../domain/quality/read-documents.ts';
import { historyLimitOf } from '../../domain/windows/fold-windows.ts';
import type { BaselineStore } from '../../ports/baseline-store.ts';
import { findBaseline } from '../count-captures.ts';

/** A version with all that its windows are compared with. */
export interface OpenedVersion {
  readonly options: MonitorOptions;
  readonly version: ModelVersion;
  readonly baseline: Baseline;
  /** Of the baseline: what is counted or remembered by another one is left alone. */
  readonly fingerprint: string;
  readonly watched: WatchedBaseline;
  readonly constraints: ConstraintsDocument | undefined;
  readonly settings: VerdictSettings;
  readonly folder: string;
}

/** @returns undefined for a version without a baseline */
export async function openVersion(
  { baselines }: { readonly baselines: Pick<BaselineStore, 'read'> },
  options: MonitorOptions,
  version: ModelVersion,
): Promise<OpenedVersion | undefined> {
  const found = await findBaseline(baselines, version);
  if (found === undefined) return undefined;
  const { baseline, fingerprint } = found;
  const folder = baselineOf(version.service, version.version);
  const text =
    (await baselines.read(folder, 'constraints.json')) ??
    (version.baseline === undefined ? undefined : await baselines.read(version.baseline, 'constraints.json'));
  const chosen = verdictSettings(options.verdict as VerdictOptions);
  return {
    options,
    version,
    baseline,
    fingerprint,
    watched: createBaseline(baseline.plan, baseline.reference),
    constraints: text === undefined ? undefined : readConstraints(text).document,
    settings: { ...chosen, historyLimit: historyLimitOf(baseline.plan, chosen.historyLimit) },
    folder,
  };
}
