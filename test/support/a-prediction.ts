import type { Prediction } from '../../core/domain/capture/capture-record.ts';
import { aVersion } from './a-version.ts';
import { EVENT_TIME } from './http-event.ts';

const REQUEST = '{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"data":[1.5,NaN]}]}';
const RESPONSE = '{"model_name":"fraud","model_version":"1","outputs":[]}';

/** A prediction of one row, `x` FP32 [1, 2] in and `y` FP32 [1, 2] out. */
export const aPrediction = (parts: Partial<Prediction> = {}): Prediction => ({
  eventId: 'event-1',
  predictionId: 'prediction-1',
  atMs: EVENT_TIME,
  model: aVersion(),
  variant: 'champion',
  route: 'POST /v2/models/fraud/infer',
  inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(1.5, Number.NaN) }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [1, 2], data: Float32Array.of(0.25, 0.75) }],
  request: () => ({ contentType: 'application/json', encoding: 'JSON', data: REQUEST }),
  response: () => ({ contentType: 'application/json', encoding: 'JSON', data: RESPONSE }),
  ...parts,
});
