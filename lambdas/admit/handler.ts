import { type AdmissionAnswer, AdmissionTask } from '../../core/contracts/admission.ts';
import { isRefusal } from '../../core/domain/admission/refusals.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import type { admitModel } from '../../core/usecases/admit-model.ts';

export interface AdmitHandlerDependencies {
  readonly artifacts: Pick<ArtifactStore, 'readArtifact'>;
  readonly admit: ReturnType<typeof admitModel>;
}

/**
 * Reads an artifact and tries it out. A refusal is an answer; whatever else goes wrong is thrown, because then nobody has looked
 * at the model, and whoever asked must see that.
 */
export const createHandler =
  ({ artifacts, admit }: AdmitHandlerDependencies) =>
  async (event: unknown): Promise<AdmissionAnswer> => {
    const { sha256, ...task } = AdmissionTask.parse(event);
    const bytes = await artifacts.readArtifact(sha256);
    try {
      return { verdict: 'admitted', model: await admit(bytes, task) };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { code, message, details } = error;
      return { verdict: 'refused', code, message, details: { ...details } };
    }
  };
