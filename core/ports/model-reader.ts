import type { ModelVersion } from '../contracts/api.ts';
import type { ModelRegistry } from './model-registry.ts';

/** What serving asks of the registry: it never writes. */
export type RegistryReader = Pick<ModelRegistry, 'findService' | 'findVersion' | 'listVersions'>;

/** What serving asks of the artifact store. */
export interface ArtifactReader {
  /**
   * What `version` is loaded from: the artifact, or the same model as it was prepared for the version's runtime.
   *
   * @throws `artifact.unavailable`
   */
  readArtifact(sha256: string, version: Pick<ModelVersion, 'service' | 'version'>): Promise<Uint8Array>;
}
