import type { ModelVersion } from '../../core/contracts/api.ts';
import { MODEL_VERSION_HEADER, PREDICTION_ID_HEADER } from '../../core/contracts/headers.ts';

/** Which version is meant where the path may not say. */
export const versionHeader = ({ version }: ModelVersion): Record<string, string> => ({
  [MODEL_VERSION_HEADER]: String(version),
});

/** Headers of every prediction: exactly which version gave it, and the id by which its label can come later. */
export const answerHeaders = (version: ModelVersion, predictionId: string): Record<string, string> => ({
  ...versionHeader(version),
  [PREDICTION_ID_HEADER]: predictionId,
});
