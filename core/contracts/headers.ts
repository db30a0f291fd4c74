/** Headers that every inference answer carries, whatever its protocol. */
export const MODEL_VERSION_HEADER = 'x-keelson-model-version';
export const PREDICTION_ID_HEADER = 'x-keelson-prediction-id';
