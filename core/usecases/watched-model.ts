import type { ModelVersion } from '../contracts/api.ts';
import type { WatchedModel } from '../domain/capture/model-columns.ts';

/** A registered version as its captures are read by. */
export const watchedModelOf = ({ signature, metadata, classLabels }: ModelVersion): WatchedModel => ({
  signature,
  metadata,
  classLabels,
});
