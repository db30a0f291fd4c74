/** Requests and answers of the Open Inference Protocol's binary extension, as NVIDIA's client writes and reads them. */

export interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

/** JSON, then the tensors' bytes. */
export function binaryBody(
  inputs: readonly { tensor: WireTensor; bytes: Uint8Array }[],
  more: Record<string, unknown> = { parameters: { binary_data_output: true } },
): { body: Buffer; headers: Record<string, string> } {
  const described = inputs.map(({ tensor, bytes }) => ({
    ...tensor,
    parameters: { binary_data_size: bytes.length },
  }));
  const head = Buffer.from(JSON.stringify({ inputs: described, ...more }));
  return {
    body: Buffer.concat([head, ...inputs.map(({ bytes }) => bytes)]),
    headers: { 'content-type': 'application/octet-stream', 'inference-header-content-length': String(head.length) },
  };
}

export type AnsweredTensor = WireTensor & { readonly bytes?: Buffer; readonly data?: unknown[] };

/** The answer's JSON, each output with its bytes where it has them. */
export function readBinaryAnswer(
  bytes: Buffer,
  headerBytes: number,
): { head: Record<string, unknown>; outputs: AnsweredTensor[] } {
  const head = JSON.parse(bytes.subarray(0, headerBytes).toString('utf8')) as Record<string, unknown>;
  let at = headerBytes;
  const outputs = (head['outputs'] as (AnsweredTensor & { parameters?: { binary_data_size: number } })[]).map(
    (output) => {
      if (!output.parameters) return output;
      at += output.parameters.binary_data_size;
      return { ...output, bytes: bytes.subarray(at - output.parameters.binary_data_size, at) };
    },
  );
  if (at !== bytes.length) throw new Error(`the answer has ${bytes.length} bytes, its outputs end at ${at}`);
  return { head, outputs };
}

/** Strings as the binary form has them: length as uint32, then UTF-8. */
export const stringBytes = (texts: readonly string[]): Buffer =>
  Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );

export const bytesOf = (values: ArrayBufferView): Buffer =>
  Buffer.from(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
