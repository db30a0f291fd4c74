import type { Dimension } from '../inference/signature.ts';
import {
  type FlatTable,
  malformedOrt,
  openFlatBuffer,
  readInt8,
  readInt32,
  readInt64,
  readTable,
  readTables,
  readText,
  readTexts,
} from './flatbuffer-reader.ts';
import {
  ORT_DIMENSION,
  ORT_DIMENSION_KIND,
  ORT_DIMENSION_VALUE,
  ORT_ENTRY,
  ORT_GRAPH,
  ORT_MODEL,
  ORT_OPSET,
  ORT_SHAPE,
  ORT_SPARSE_TENSOR,
  ORT_TENSOR,
  ORT_TENSOR_TYPE,
  ORT_TYPE_INFO,
  ORT_TYPE_KIND,
  ORT_VALUE_INFO,
  SESSION,
} from './ort-schema.ts';
import type { OnnxModel, OnnxValue } from './read-model.ts';

/** `ORTM`, at byte 4: ONNX Runtime tells its own format from ONNX by these bytes, too. */
const IDENTIFIER = [0x4f, 0x52, 0x54, 0x4d];

export const isOrtModel = (file: Uint8Array): boolean => IDENTIFIER.every((byte, index) => file[4 + index] === byte);

/**
 * Reads inputs, outputs and metadata of a model in ORT format, a flatbuffer. The weights are not read.
 *
 * @throws `onnx.malformed` when the bytes are cut off or damaged; nothing outside of them is read
 *
 * Source: microsoft/onnxruntime, onnxruntime/core/flatbuffers/schema/ort.fbs; FlatBuffers' binary format.
 */
export function readOrtModel(file: Uint8Array): Omit<OnnxModel, 'zipMaps'> {
  const session = openFlatBuffer(file);
  const model = readTable(session, SESSION.model) ?? lacking('model');
  const graph = readTable(model, ORT_MODEL.graph) ?? lacking('graph');
  const initializers = readInitializers(graph);
  // The initializers that a caller might override are listed among the inputs.
  const inputs = [...readTexts(graph, ORT_GRAPH.inputs)].filter((name) => !initializers.has(name));
  const outputs = [...readTexts(graph, ORT_GRAPH.outputs)];
  if (outputs.length === 0) throw malformedOrt(graph.at, 'its graph has no output');
  const values = readValues(graph, new Set([...inputs, ...outputs]));
  const named = (name: string): OnnxValue => values.get(name) ?? { name, kind: 'untyped' };
  return {
    inputs: inputs.map(named),
    outputs: outputs.map(named),
    metadata: readMetadata(model, readText(session, SESSION.formatVersion)),
  };
}

function readInitializers(graph: FlatTable): Set<string> {
  const names = new Set<string>();
  for (const tensor of readTables(graph, ORT_GRAPH.initializers)) names.add(readText(tensor, ORT_TENSOR.name));
  for (const sparse of readTables(graph, ORT_GRAPH.sparseInitializers)) {
    const tensor = readTable(sparse, ORT_SPARSE_TENSOR.values);
    if (tensor) names.add(readText(tensor, ORT_TENSOR.name));
  }
  return names;
}

/** The types of the named values: a graph lists one for each value between its nodes, too. */
function readValues(graph: FlatTable, wanted: ReadonlySet<string>): Map<string, OnnxValue> {
  const values = new Map<string, OnnxValue>();
  for (const info of readTables(graph, ORT_GRAPH.nodeArgs)) {
    const name = readText(info, ORT_VALUE_INFO.name);
    if (wanted.has(name)) values.set(name, readValue(name, readTable(info, ORT_VALUE_INFO.type)));
  }
  return values;
}

function readValue(name: string, type: FlatTable | undefined): OnnxValue {
  const kind = type ? readInt8(type, ORT_TYPE_INFO.valueKind) : 0;
  const value = type && readTable(type, ORT_TYPE_INFO.value);
  if (kind === ORT_TYPE_KIND.sequence) return { name, kind: 'sequence' };
  if (kind === ORT_TYPE_KIND.map) return { name, kind: 'map' };
  if (kind !== ORT_TYPE_KIND.tensor || !value) return { name, kind: 'untyped' };
  const shape = readTable(value, ORT_TENSOR_TYPE.shape);
  return {
    name,
    kind: 'tensor',
    tensor: {
      elementType: readInt32(value, ORT_TENSOR_TYPE.elementType),
      shape: shape && [...readTables(shape, ORT_SHAPE.dimensions, DIMENSION_LIMIT)].map(readDimension),
    },
  };
}

/** More than any tensor has. */
const DIMENSION_LIMIT = 1_000;

/** As in ONNX files, sizes below 1 are free. */
function readDimension(dimension: FlatTable): Dimension {
  const value = readTable(dimension, ORT_DIMENSION.value);
  const kind = value ? readInt8(value, ORT_DIMENSION_VALUE.kind) : 0;
  if (!value) return null;
  if (kind === ORT_DIMENSION_KIND.parameter) {
    const parameter = readText(value, ORT_DIMENSION_VALUE.parameter);
    return parameter === '' ? null : parameter;
  }
  if (kind !== ORT_DIMENSION_KIND.size) return null;
  const size = Number(readInt64(value, ORT_DIMENSION_VALUE.size));
  if (size > Number.MAX_SAFE_INTEGER) throw malformedOrt(value.at, `a dimension has the size ${size}`);
  return size > 0 ? size : null;
}

function readMetadata(model: FlatTable, formatVersion: string): Record<string, string> {
  const opsets = [...readTables(model, ORT_MODEL.opsetImport)].map((opset) => {
    const domain = readText(opset, ORT_OPSET.domain);
    return `${domain === '' ? 'ai.onnx' : domain} ${readInt64(opset, ORT_OPSET.version)}`;
  });
  const known = {
    ir_version: String(readInt64(model, ORT_MODEL.irVersion)),
    producer_name: readText(model, ORT_MODEL.producerName),
    producer_version: readText(model, ORT_MODEL.producerVersion),
    ort_format_version: formatVersion,
    opset_import: opsets.join(', '),
  };
  const entries = [...readTables(model, ORT_MODEL.metadataProps)].map(
    (entry) => [readText(entry, ORT_ENTRY.key), readText(entry, ORT_ENTRY.value)] as const,
  );
  const told = Object.entries(known).filter(([, text]) => text !== '');
  return Object.fromEntries([...told, ...entries]);
}

function lacking(what: string): never {
  throw malformedOrt(0, `it has no ${what}`);
}
