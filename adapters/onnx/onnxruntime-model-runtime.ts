import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { PlatformError } from '../../core/domain/errors.ts';
import type { Datatype, TensorData } from '../../core/domain/inference/datatype.ts';
import type { Tensor } from '../../core/domain/inference/tensor.ts';
import type { LoadedModel, ModelRuntime } from '../../core/ports/model-runtime.ts';

type Ort = typeof import('onnxruntime-node');

const ELEMENT_TYPES = {
  BOOL: 'bool',
  UINT8: 'uint8',
  UINT16: 'uint16',
  UINT32: 'uint32',
  UINT64: 'uint64',
  INT8: 'int8',
  INT16: 'int16',
  INT32: 'int32',
  INT64: 'int64',
  FP16: 'float16',
  FP32: 'float32',
  FP64: 'float64',
  BYTES: 'string',
} as const satisfies Record<Datatype, string>;

const DATATYPES = Object.fromEntries(
  Object.entries(ELEMENT_TYPES).map(([datatype, type]) => [type, datatype]),
) as Readonly<Record<string, Datatype>>;

const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  // More threads than one make a one-row request wait for them: p99 falls from about 10 ms to 0.4 ms.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  // `all` lays tensors out for the processor at hand and gains nothing for the models served here.
  graphOptimizationLevel: 'extended',
  // What goes wrong is thrown; the library's own log would write C++ text to the function's log.
  logSeverityLevel: 4,
};

/**
 * Models on ONNX Runtime.
 *
 * @param loadRuntime returns the library; called once, at the first model, so that a process that serves nothing stays small
 */
export function onnxruntimeModelRuntime(loadRuntime: () => Ort): ModelRuntime {
  let loaded: Ort | undefined;
  return {
    async load(bytes, { service, version }) {
      loaded ??= loadRuntime();
      const ort = loaded;
      const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS).catch((cause: unknown) => {
        throw modelFailed(service, version, 'cannot be loaded', cause);
      });
      return loadedModel(ort, session, { service, version });
    },
  };
}

function loadedModel(
  ort: Ort,
  session: InferenceSession,
  { service, version }: { service: string; version: number },
): LoadedModel {
  return {
    async run(inputs, outputs) {
      const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, toOrt(ort, tensor)]));
      let results: InferenceSession.OnnxValueMapType;
      try {
        results = await session.run(feeds, outputs);
      } catch (cause) {
        throw modelFailed(service, version, 'failed on this input', cause);
      }
      return outputs.map((name) => fromOrt(name, results[name] as OrtTensor));
    },
    release: () => session.release(),
  };
}

function toOrt(ort: Ort, { datatype, shape, data }: Tensor): OrtTensor {
  if (datatype !== 'FP16') return new ort.Tensor(ELEMENT_TYPES[datatype] as 'float32', data as Float32Array, shape);
  // The library's native part takes halves as Uint16Array, but its JavaScript part makes a Float16Array of them, which the
  // native part reads as empty ("expected 2, got 0", onnxruntime-node 1.30 on Node 24). So the bits are wrapped first.
  return Object.assign(new ort.Tensor('uint16', data as Uint16Array, shape), { type: ELEMENT_TYPES.FP16 });
}

function fromOrt(name: string, { type, dims, data }: OrtTensor): Tensor {
  const datatype = DATATYPES[type] as Datatype;
  return { name, datatype, shape: dims, data: datatype === 'FP16' ? asBits(data) : (data as TensorData) };
}

function asBits(data: OrtTensor['data']): Uint16Array {
  const { buffer, byteOffset, length } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, length);
}

// The cause is for the log alone: it is C++ text with source paths.
const modelFailed = (service: string, version: number, what: string, cause: unknown) =>
  new PlatformError('infer.model_failed', {
    message: `version ${version} of ${service} ${what}`,
    details: { service, version },
    cause,
  });
