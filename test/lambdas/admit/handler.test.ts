import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AdmissionAnswer } from '../../../core/contracts/admission.ts';
import { hangs } from '../../../core/domain/admission/refusals.ts';
import { type AdmitHandlerDependencies, createHandler } from '../../../lambdas/admit/handler.ts';
import { A_BUDGET, anAdmittedModel } from '../../support/fake-admission.ts';
import { memoryArtifactStore } from '../../support/memory-artifact-store.ts';

const MODEL = new Uint8Array([1, 2, 3]);
const HASH = createHash('sha256').update(MODEL).digest('hex');
const TASK = { service: 'fraud', sha256: HASH, signature: { inputs: [], outputs: [] }, budget: A_BUDGET };

const handlerOf = (parts: Pick<AdmitHandlerDependencies, 'artifacts' | 'admit'>) =>
  createHandler({ ...parts, makeBaseline: () => expect.unreachable(), monotonicMs: () => 0 });

async function open() {
  const artifacts = memoryArtifactStore();
  await artifacts.putArtifact(HASH, MODEL);
  return artifacts;
}

describe('the function that admits models', () => {
  it('tries out the artifact that it is asked for, and tells what was measured', async () => {
    const asked: unknown[] = [];
    const handler = handlerOf({
      artifacts: await open(),
      admit: async (...parameters) => {
        asked.push(parameters);
        return anAdmittedModel();
      },
    });
    const answer = await handler(TASK);
    expect(AdmissionAnswer.parse(JSON.parse(JSON.stringify(answer)))).toEqual({
      verdict: 'admitted',
      model: anAdmittedModel(),
    });
    const { sha256: _, ...request } = TASK;
    expect(asked).toEqual([[MODEL, request]]);
  });

  it('answers a refusal: the function itself has not failed', async () => {
    const refusal = hangs(6_000, A_BUDGET);
    const handler = handlerOf({ artifacts: await open(), admit: () => Promise.reject(refusal) });
    const answer = await handler(TASK);
    expect(AdmissionAnswer.parse(JSON.parse(JSON.stringify(answer)))).toEqual({
      verdict: 'refused',
      code: 'admission.hangs',
      message: refusal.message,
      details: { waitedMs: 6_000, budgetMs: 5_000 },
    });
  });

  it('fails where the artifact cannot be read, or the probe fails: nobody has looked at the model', async () => {
    const admit = () => Promise.reject(new Error('no such script'));
    await expect(handlerOf({ artifacts: memoryArtifactStore(), admit })(TASK)).rejects.toThrow(HASH);
    await expect(handlerOf({ artifacts: await open(), admit })(TASK)).rejects.toThrow('no such script');
  });

  it('fails for a task that is none', async () => {
    const handler = handlerOf({ artifacts: await open(), admit: async () => anAdmittedModel() });
    await expect(handler({ ...TASK, sha256: '../x' })).rejects.toThrow('sha256');
    await expect(handler({ ...TASK, more: 1 })).rejects.toThrow('more');
  });
});
