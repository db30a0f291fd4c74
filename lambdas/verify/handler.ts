import * as z from 'zod';
import { type ExecutorVerdict, ModelSignature, Sha256 } from '../../core/contracts/api.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import type { verifyExecutor } from '../../core/usecases/verify-executor.ts';

export interface VerifyHandlerDependencies {
  readonly artifacts: Pick<ArtifactStore, 'readArtifact'>;
  readonly verify: ReturnType<typeof verifyExecutor>;
}

const Task = z.strictObject({ sha256: Sha256, signature: ModelSignature });

/** Reads an artifact and tells which runtime may serve it. A failure is thrown: whoever asked sees it as one. */
export const createHandler =
  ({ artifacts, verify }: VerifyHandlerDependencies) =>
  async (task: unknown): Promise<ExecutorVerdict> => {
    const { sha256, signature } = Task.parse(task);
    return verify(await artifacts.readArtifact(sha256), signature);
  };
