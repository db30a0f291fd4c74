import type { ExecutorVerdict } from '../contracts/api.ts';
import type { ModelSignature } from '../domain/inference/signature.ts';

/** Compares the executor with onnxruntime: where onnxruntime is, which is not where versions are registered. */
export interface ExecutorVerifier {
  /** @param sha256 of the artifact, which is stored already @throws whatever keeps it from telling */
  verify(sha256: string, signature: ModelSignature): Promise<ExecutorVerdict>;
}
