import type { ModelVersion, Rollout } from '../../core/contracts/api.ts';
import { artifactKey } from '../../core/contracts/object-keys.ts';
import type { ServiceState } from '../../core/ports/model-registry.ts';

const HASH = 'a'.repeat(64);

/** A version's record, `x` FP32 [N, 2] in and `y` FP32 [N, 2] out where nothing else is asked for. */
export const aVersion = (parts: Partial<ModelVersion> = {}): ModelVersion => ({
  service: 'fraud',
  version: 1,
  sha256: HASH,
  bytes: 100,
  artifact: { sha256: HASH, bytes: 100, key: artifactKey(HASH) },
  signature: {
    inputs: [{ name: 'x', datatype: 'FP32', shape: ['N', 2] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: ['N', 2] }],
  },
  metadata: {},
  metrics: {},
  lineage: {},
  notes: [],
  registeredAt: '2026-06-01T12:00:00.000Z',
  ...parts,
});

/** A version's record without its number: what is registered. */
export function aDraft(parts: Partial<ModelVersion> = {}): Omit<ModelVersion, 'version'> {
  const { version: _, ...draft } = aVersion(parts);
  return draft;
}

/** The record of the change that leads to `next`. */
export const aRollout = (next: ServiceState, parts: Partial<Rollout> = {}): Rollout => ({
  id: `r${next.revision}`,
  service: next.service,
  kind: 'rollout',
  strategy: 'all-at-once',
  version: next.champion ?? 1,
  previous: next.earlierChampions.at(-1) ?? null,
  state: 'SUCCEEDED',
  startedAt: next.updatedAt,
  endedAt: next.updatedAt,
  ...parts,
});
