/** Headers that every inference answer carries, whatever its protocol. */
export const MODEL_VERSION_HEADER = 'x-keelson-model-version';
/** Also taken from the request, by protocols that have no field of their own for an id. */
export const PREDICTION_ID_HEADER = 'x-keelson-prediction-id';

/** From the request: who asks the same key twice is answered by the same side of a split. */
export const ROUTE_KEY_HEADER = 'x-keelson-route-key';

/** How many bytes of a body are JSON, in the Open Inference Protocol's binary extension; the tensors' bytes follow. */
export const INFERENCE_HEADER_LENGTH_HEADER = 'inference-header-content-length';
