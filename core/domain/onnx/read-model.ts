import { PlatformError } from '../errors.ts';
import type { Datatype } from '../inference/datatype.ts';
import type { Dimension, TensorSignature } from '../inference/signature.ts';
import { malformedModel } from './malformed-model.ts';
import {
  ATTRIBUTE,
  DIMENSION,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  SPARSE_TENSOR,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './model-proto.ts';
import { readFields, readIntegers, readText } from './protobuf-reader.ts';

/** A graph input or output. `tensor` is absent where the value is not a tensor; `kind` then says what it is. */
export interface OnnxValue {
  readonly name: string;
  readonly kind: 'tensor' | 'sequence' | 'map' | 'sparse tensor' | 'optional' | 'untyped';
  /** A shape that is undefined has an unknown number of dimensions. */
  readonly tensor?: { readonly elementType: number; readonly shape: readonly Dimension[] | undefined };
}

/** A ZipMap node: scikit-learn's converters end classifiers in one. */
export interface ZipMapNode {
  readonly index: number;
  readonly input: string;
  readonly output: string;
  readonly labels: readonly (string | number)[];
}

/** What registration needs to know of an ONNX file. The weights are not read. */
export interface OnnxModel {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly zipMaps: readonly ZipMapNode[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** onnx.proto's TensorProto.DataType, by number; the ones that the Open Inference Protocol has no datatype for have none here. */
const ELEMENT_TYPES: Readonly<Record<number, { name: string; datatype?: Datatype }>> = {
  0: { name: 'undefined' },
  1: { name: 'float', datatype: 'FP32' },
  2: { name: 'uint8', datatype: 'UINT8' },
  3: { name: 'int8', datatype: 'INT8' },
  4: { name: 'uint16', datatype: 'UINT16' },
  5: { name: 'int16', datatype: 'INT16' },
  6: { name: 'int32', datatype: 'INT32' },
  7: { name: 'int64', datatype: 'INT64' },
  8: { name: 'string', datatype: 'BYTES' },
  9: { name: 'bool', datatype: 'BOOL' },
  10: { name: 'float16', datatype: 'FP16' },
  11: { name: 'double', datatype: 'FP64' },
  12: { name: 'uint32', datatype: 'UINT32' },
  13: { name: 'uint64', datatype: 'UINT64' },
  14: { name: 'complex64' },
  15: { name: 'complex128' },
  16: { name: 'bfloat16' },
  17: { name: 'float8e4m3fn' },
  18: { name: 'float8e4m3fnuz' },
  19: { name: 'float8e5m2' },
  20: { name: 'float8e5m2fnuz' },
  21: { name: 'uint4' },
  22: { name: 'int4' },
  23: { name: 'float4e2m1' },
  24: { name: 'float8e8m0' },
  25: { name: 'uint2' },
  26: { name: 'int2' },
};

/**
 * Reads inputs, outputs, metadata and the nodes that registration rewrites. O(file size), nothing of the weights is copied.
 *
 * @throws `onnx.malformed` when the bytes are not an ONNX model
 */
export function readOnnxModel(file: Uint8Array): OnnxModel {
  // Errors tell offsets in the buffer below a view; only in a buffer of its own is that the offset in the file.
  const bytes = file.byteOffset === 0 ? file : new Uint8Array(file);
  const metadata: Record<string, string> = {};
  const opsets: string[] = [];
  let graph: Uint8Array | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === MODEL.graph && field.bytes) graph = field.bytes;
    if (field.number === MODEL.irVersion && field.varint !== undefined) metadata['ir_version'] = String(field.varint);
    if (field.number === MODEL.producerName && field.bytes) metadata['producer_name'] = readText(field.bytes);
    if (field.number === MODEL.producerVersion && field.bytes) metadata['producer_version'] = readText(field.bytes);
    if (field.number === MODEL.opsetImport && field.bytes) opsets.push(readOpset(field.bytes));
    if (field.number === MODEL.metadataProps && field.bytes) Object.assign(metadata, readEntry(field.bytes));
  }
  if (graph === undefined) throw malformedModel('it has no graph');
  metadata['opset_import'] = opsets.join(', ');
  return { ...readGraph(graph), metadata };
}

/** @throws `onnx.unsupported` for anything but a tensor of an element type that clients can send and receive */
export function tensorSignature(value: OnnxValue): TensorSignature {
  if (value.tensor === undefined) {
    throw new PlatformError('onnx.unsupported', {
      message: `${JSON.stringify(value.name)} is a ${value.kind}; only tensors can be served: change the model's output, for scikit-learn export with options={id(model): {'zipmap': False}}`,
      details: { what: value.kind, tensor: value.name },
    });
  }
  const type = ELEMENT_TYPES[value.tensor.elementType];
  if (type?.datatype === undefined) {
    const what = type?.name ?? `element type ${value.tensor.elementType}`;
    throw new PlatformError('onnx.unsupported', {
      message: `${JSON.stringify(value.name)} holds ${what}, which cannot be served; cast it in the graph, for example to float`,
      details: { what, tensor: value.name },
    });
  }
  const { shape } = value.tensor;
  return { name: value.name, datatype: type.datatype, ...(shape ? { shape } : { shape: [], anyRank: true }) };
}

function readGraph(graph: Uint8Array): Omit<OnnxModel, 'metadata'> {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const zipMaps: ZipMapNode[] = [];
  const initializers = new Set<string>();
  let nodes = 0;
  for (const { number, bytes } of readFields(graph)) {
    if (bytes === undefined) continue;
    if (number === GRAPH.input) inputs.push(readValue(bytes));
    if (number === GRAPH.output) outputs.push(readValue(bytes));
    if (number === GRAPH.node) {
      const zipMap = readZipMap(bytes, nodes);
      if (zipMap) zipMaps.push(zipMap);
      nodes += 1;
    }
    if (number === GRAPH.initializer || number === GRAPH.sparseInitializer) {
      initializers.add(readInitializerName(number === GRAPH.initializer ? bytes : sparseValues(bytes)));
    }
  }
  if (outputs.length === 0) throw malformedModel('its graph has no output');
  // Files of IR version 3 and older list the initializers among the inputs, too.
  return { inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs, zipMaps };
}

function readInitializerName(tensor: Uint8Array): string {
  let name = '';
  for (const field of readFields(tensor)) {
    if (field.number === TENSOR.name && field.bytes) name = readText(field.bytes);
  }
  return name;
}

function sparseValues(sparse: Uint8Array): Uint8Array {
  for (const field of readFields(sparse)) if (field.number === SPARSE_TENSOR.values && field.bytes) return field.bytes;
  return new Uint8Array();
}

function readZipMap(node: Uint8Array, index: number): ZipMapNode | undefined {
  let opType = '';
  let input = '';
  let output = '';
  const attributes: Uint8Array[] = [];
  for (const { number, bytes } of readFields(node)) {
    if (bytes === undefined) continue;
    if (number === NODE.opType) opType = readText(bytes);
    if (number === NODE.input && input === '') input = readText(bytes);
    if (number === NODE.output && output === '') output = readText(bytes);
    if (number === NODE.attribute) attributes.push(bytes);
  }
  return opType === 'ZipMap' ? { index, input, output, labels: attributes.flatMap(readLabels) } : undefined;
}

/** The labels of an attribute named `classlabels_…`, else none. */
function readLabels(attribute: Uint8Array): (string | number)[] {
  let name = '';
  const labels: (string | number)[] = [];
  for (const field of readFields(attribute)) {
    if (field.number === ATTRIBUTE.name && field.bytes) name = readText(field.bytes);
    if (field.number === ATTRIBUTE.strings && field.bytes) labels.push(readText(field.bytes));
    // One by one: a call cannot take as many arguments as a packed field may hold integers.
    if (field.number === ATTRIBUTE.ints) for (const label of readIntegers(field)) labels.push(Number(label));
  }
  return name.startsWith('classlabels_') ? labels : [];
}

function readValue(valueInfo: Uint8Array): OnnxValue {
  let name = '';
  let type: Uint8Array | undefined;
  for (const field of readFields(valueInfo)) {
    if (field.number === VALUE_INFO.name && field.bytes) name = readText(field.bytes);
    if (field.number === VALUE_INFO.type && field.bytes) type = field.bytes;
  }
  for (const field of readFields(type ?? new Uint8Array())) {
    if (field.number === TYPE.tensor && field.bytes)
      return { name, kind: 'tensor', tensor: readTensorType(field.bytes) };
    if (field.number === TYPE.sequence) return { name, kind: 'sequence' };
    if (field.number === TYPE.map) return { name, kind: 'map' };
    if (field.number === TYPE.sparseTensor) return { name, kind: 'sparse tensor' };
    if (field.number === TYPE.optional) return { name, kind: 'optional' };
  }
  return { name, kind: 'untyped' };
}

function readTensorType(tensorType: Uint8Array): { elementType: number; shape: Dimension[] | undefined } {
  let elementType = 0;
  let shape: Dimension[] | undefined;
  for (const field of readFields(tensorType)) {
    if (field.number === TENSOR_TYPE.elementType) elementType = Number(field.varint ?? 0n);
    if (field.number === TENSOR_TYPE.shape && field.bytes) shape = readShape(field.bytes);
  }
  return { elementType, shape };
}

function readShape(shape: Uint8Array): Dimension[] {
  const dimensions: Dimension[] = [];
  for (const field of readFields(shape)) {
    if (field.number === SHAPE.dimension) dimensions.push(readDimension(field.bytes ?? new Uint8Array()));
  }
  return dimensions;
}

function readDimension(dimension: Uint8Array): Dimension {
  let value: Dimension = null;
  for (const field of readFields(dimension)) {
    // Exporters write −1 or 0 for "any" in old files; a size must be at least 0 and 0 rows cannot be meant by a signature.
    if (field.number === DIMENSION.value && field.varint !== undefined) {
      const size = Number(BigInt.asIntN(64, field.varint));
      if (size > Number.MAX_SAFE_INTEGER) throw malformedModel(`a dimension has the size ${size}`);
      value = size > 0 ? size : null;
    }
    if (field.number === DIMENSION.parameter && field.bytes) {
      const parameter = readText(field.bytes);
      value = parameter === '' ? null : parameter;
    }
  }
  return value;
}

function readOpset(opset: Uint8Array): string {
  let domain = '';
  let version = 0n;
  for (const field of readFields(opset)) {
    if (field.number === OPSET.domain && field.bytes) domain = readText(field.bytes);
    if (field.number === OPSET.version && field.varint !== undefined) version = field.varint;
  }
  return `${domain === '' ? 'ai.onnx' : domain} ${version}`;
}

function readEntry(entry: Uint8Array): Record<string, string> {
  let key = '';
  let value = '';
  for (const field of readFields(entry)) {
    if (field.number === ENTRY.key && field.bytes) key = readText(field.bytes);
    if (field.number === ENTRY.value && field.bytes) value = readText(field.bytes);
  }
  return { [key]: value };
}
