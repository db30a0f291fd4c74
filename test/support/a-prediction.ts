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

type Tensors = Prediction['inputs'];

/** One whose bodies say its tensors, as JSON of the Open Inference Protocol. */
export const aSpokenPrediction = ({
  inputs,
  outputs,
  ...parts
}: Partial<Prediction> & Pick<Prediction, 'inputs' | 'outputs'>): Prediction =>
  aPrediction({ ...parts, inputs, outputs, request: bodyOf('inputs', inputs), response: bodyOf('outputs', outputs) });

const bodyOf = (key: string, tensors: Tensors) => () => ({
  contentType: 'application/json',
  encoding: 'JSON' as const,
  data: JSON.stringify({
    [key]: tensors.map((tensor) => ({ ...tensor, data: [...(tensor.data as ArrayLike<unknown> & Iterable<unknown>)] })),
  }),
});
