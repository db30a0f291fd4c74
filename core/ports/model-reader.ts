import type { ArtifactStore } from './artifact-store.ts';
import type { ModelRegistry } from './model-registry.ts';

/** What serving asks of the registry: it never writes. */
export type RegistryReader = Pick<ModelRegistry, 'findService' | 'findVersion' | 'listVersions'>;

/** What serving asks of the artifact store. */
export type ArtifactReader = Pick<ArtifactStore, 'readArtifact'>;
