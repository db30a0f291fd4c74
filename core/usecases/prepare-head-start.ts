import type { ModelVersion } from '../contracts/api.ts';
import { HEAD_START_LIMIT_BYTES } from '../contracts/limits.ts';
import { layOutModel } from '../domain/executor/lay-out-model.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { HeadStart, ModelRegistry } from '../ports/model-registry.ts';
import { requireVersion } from './find-service.ts';

export interface PrepareHeadStartDependencies {
  readonly registry: Pick<ModelRegistry, 'findVersion' | 'findService' | 'listVersions' | 'putHeadStart'>;
  readonly artifacts: Pick<ArtifactStore, 'readArtifact'>;
  readonly sha256: (bytes: Uint8Array) => string;
  readonly onFault: (fault: { what: string; service: string; error: unknown }) => void;
}

/**
 * Puts aside what a cold start needs of a version that is about to serve: its record, and the model where it is small. Trees
 * are laid out for the executor already. Never rejects: without it a cold start takes longer, and nothing else.
 */
export const prepareHeadStart =
  ({ registry, artifacts, sha256, onFault }: PrepareHeadStartDependencies) =>
  async (service: string, number: number): Promise<void> => {
    try {
      const version = await requireVersion(registry, service, number);
      await registry.putHeadStart({ version, model: await prepareModel(version) });
    } catch (error) {
      onFault({ what: `no head start could be prepared for version ${number}`, service, error });
    }

    async function prepareModel({ artifact, executor }: ModelVersion): Promise<HeadStart['model']> {
      if (artifact.bytes > HEAD_START_LIMIT_BYTES) return undefined;
      const file = await artifacts.readArtifact(artifact.sha256);
      const bytes = (executor?.name === 'typescript' ? layOutModel(file) : undefined) ?? file;
      return bytes.length > HEAD_START_LIMIT_BYTES ? undefined : { bytes, sha256: sha256(bytes) };
    }
  };
