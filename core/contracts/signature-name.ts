/** Models here have one signature, which has TensorFlow's usual name. */
export const SIGNATURE_NAME = 'serving_default';
