import { describe, expect, it } from 'vitest';
import type { ModelVersion } from '../../../core/contracts/api.ts';
import { HEAD_START_LIMIT_BYTES } from '../../../core/contracts/limits.ts';
import { compileModel } from '../../../core/domain/executor/compile-model.ts';
import { prepareModel } from '../../../core/domain/onnx/prepare-model.ts';
import type { HeadStart } from '../../../core/ports/model-registry.ts';
import { prepareHeadStart } from '../../../core/usecases/prepare-head-start.ts';
import { aDraft } from '../../support/a-version.ts';
import { sha256 } from '../../support/api-calls.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';
import { randomTrees } from '../../support/random-trees.ts';

const trees = prepareModel(
  randomTrees({
    seed: 3,
    kind: 'regressor',
    width: 1,
    trees: 3,
    modes: ['BRANCH_LEQ'],
    transform: 'NONE',
    tracksMissing: true,
    baseValues: 0,
    speaksOf: 'first',
    weights: 'mixed',
  }),
);

/** One version made of `bytes`, and what is put aside for it. */
async function prepared(bytes: Uint8Array, parts: Partial<ModelVersion> = {}) {
  const artifacts = memoryArtifactStore();
  const putAside: HeadStart[] = [];
  const faults: unknown[] = [];
  const registry = { ...memoryModelRegistry(), putHeadStart: async (one: HeadStart) => void putAside.push(one) };
  await artifacts.putArtifact(sha256(bytes), bytes);
  const artifact = { sha256: sha256(bytes), bytes: bytes.length, key: 'k' };
  const version = await registry.appendVersion(aDraft({ artifact, ...parts }));
  const prepare = prepareHeadStart({ registry, artifacts, sha256, onFault: ({ error }) => void faults.push(error) });
  return { prepare, putAside, faults, version };
}

describe('prepareHeadStart', () => {
  it('puts the version aside with its artifact', async () => {
    const bytes = Buffer.from('a model');
    const { prepare, putAside, version } = await prepared(bytes);
    await prepare('fraud', 1);
    expect(putAside).toEqual([{ version, model: { bytes, sha256: sha256(bytes) } }]);
  });

  it('lays trees out for the executor', async () => {
    const { prepare, putAside } = await prepared(trees.bytes, { executor: { name: 'typescript' } });
    await prepare('fraud', 1);
    const model = putAside[0]?.model as { bytes: Uint8Array; sha256: string };
    expect(model.sha256).toBe(sha256(model.bytes));
    expect(compileModel(model.bytes, trees.signature).reason).toContain('keelson_layout');
    expect(compileModel(model.bytes, trees.signature, { acceptsLayouts: true }).model).toBeDefined();
  });

  it('leaves trees as they are where onnxruntime serves them', async () => {
    const { prepare, putAside } = await prepared(trees.bytes, { executor: { name: 'onnxruntime', reason: 'r' } });
    await prepare('fraud', 1);
    expect(putAside[0]?.model?.bytes).toEqual(trees.bytes);
  });

  it('leaves a large model where it is, and puts the version aside', async () => {
    const { prepare, putAside, version } = await prepared(new Uint8Array(HEAD_START_LIMIT_BYTES + 1));
    await prepare('fraud', 1);
    expect(putAside).toEqual([{ version, model: undefined }]);
  });

  it('tells of a version or an artifact that cannot be read, and lets the rollout go on', async () => {
    const { prepare, putAside, faults } = await prepared(Buffer.from('x'), {
      artifact: { sha256: '0'.repeat(64), bytes: 1, key: 'k' },
    });
    await prepare('fraud', 1);
    await prepare('fraud', 2);
    expect(faults).toMatchObject([{ code: 'artifact.unavailable' }, { code: 'registry.version_not_found' }]);
    expect(putAside).toEqual([]);
  });
});
