import { PlatformError } from '../errors.ts';

/** Bytes that are protobuf, but no model. */
export const malformedModel = (reason: string) =>
  new PlatformError('onnx.malformed', {
    message: `the file is not a valid ONNX model: ${reason}; export the model again and upload the .onnx file itself`,
    details: { offset: 0, reason },
  });
