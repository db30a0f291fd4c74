/** Strings as TensorFlow Serving writes bytes. */
export const encodeBase64Value = (text: string): string => `{"b64":"${Buffer.from(text).toString('base64')}"}`;
