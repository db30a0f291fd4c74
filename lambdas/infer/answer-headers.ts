import type { ModelVersion } from '../../core/contracts/api.ts';
import { MODEL_VERSION_HEADER, PREDICTION_ID_HEADER } from '../../core/contracts/headers.ts';
import { PlatformError } from '../../core/domain/errors.ts';
import type { HttpEvent } from '../_shared/http.ts';

/** Which version is meant where the path may not say. */
export const versionHeader = ({ version }: ModelVersion): Record<string, string> => ({
  [MODEL_VERSION_HEADER]: String(version),
});

/** Headers of every prediction: exactly which version gave it, and the id by which its label can come later. */
export const answerHeaders = (version: ModelVersion, predictionId: string): Record<string, string> => ({
  ...versionHeader(version),
  [PREDICTION_ID_HEADER]: predictionId,
});

/** Printable ASCII without spaces at its ends: what a header can carry back unchanged. */
const PREDICTION_ID = /^[\x21-\x7e](?:[\x20-\x7e]{0,254}[\x21-\x7e])?$/;

/** @throws `request.invalid` for an id that cannot be echoed in a header */
function checkPredictionId(id: string | undefined): string | undefined {
  if (id === undefined || PREDICTION_ID.test(id)) return id;
  const problem = 'the prediction id must be 1 to 256 printable ASCII characters, with no space at either end';
  throw new PlatformError('request.invalid', { message: problem, details: { problems: [problem] } });
}

/** The caller's id: the protocol's own where it has one and it was given, else the header's. @throws `request.invalid` */
export const choosePredictionId = (event: HttpEvent, own?: string): string | undefined =>
  checkPredictionId(own ?? event.headers[PREDICTION_ID_HEADER]);
