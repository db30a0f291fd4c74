import { type AdmissionAnswer, AdmissionTask, type BaselineTask } from '../../core/contracts/admission.ts';
import { isRefusal } from '../../core/domain/admission/refusals.ts';
import type { ArtifactStore } from '../../core/ports/artifact-store.ts';
import type { admitModel } from '../../core/usecases/admit-model.ts';
import type { AskedModel, baselineOfUpload } from '../../core/usecases/baseline-of-upload.ts';

export interface AdmitHandlerDependencies {
  readonly artifacts: Pick<ArtifactStore, 'readArtifact'>;
  readonly admit: ReturnType<typeof admitModel>;
  readonly makeBaseline: ReturnType<typeof baselineOfUpload>;
  readonly monotonicMs: () => number;
}

/**
 * Reads an artifact and tries it out. A refusal is an answer; whatever else goes wrong is thrown, because then nobody has looked
 * at the model, and whoever asked must see that.
 */
export const createHandler =
  ({ artifacts, admit, makeBaseline, monotonicMs }: AdmitHandlerDependencies) =>
  async (event: unknown): Promise<AdmissionAnswer> => {
    const startedMs = monotonicMs();
    const { sha256, baseline, ...task } = AdmissionTask.parse(event);
    const bytes = await artifacts.readArtifact(sha256);
    const baselineOf = (made: BaselineTask) => (asked: AskedModel) =>
      makeBaseline({ service: task.service, task: made, startedMs }, asked);
    try {
      return {
        verdict: 'admitted',
        model: await admit(bytes, baseline ? { ...task, baseline: baselineOf(baseline) } : task),
      };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { code, message, details } = error;
      return { verdict: 'refused', code, message, details: { ...details } };
    }
  };
