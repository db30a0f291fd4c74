import { ATTRIBUTE, GRAPH, MODEL, NODE, OPSET, TENSOR, VALUE_INFO } from './model-proto.ts';
import {
  openCursor,
  type ProtobufCursor,
  readBytes,
  readEnd,
  readFloat,
  readMessage,
  readSigned,
  readTag,
  readUnsigned,
  skip,
  WIRE,
} from './protobuf-cursor.ts';
import { readText } from './protobuf-reader.ts';

/** An attribute; only what its type calls for is set. */
export interface GraphAttributeValue {
  float?: number;
  /** NaN where a double cannot hold it. */
  integer?: number;
  text?: string;
  floats?: number[];
  integers?: number[];
  texts?: string[];
  tensor?: InitializerTensor;
}

export interface OperatorNode {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, GraphAttributeValue>;
}

/** A constant as the file holds it: `raw` is a view, and the typed fields are set only where the exporter used them. */
export interface InitializerTensor {
  name: string;
  dims: number[];
  /** TensorProto.DataType. */
  elementType: number;
  raw?: Uint8Array;
  floats?: number[];
  integers?: number[];
  isExternal: boolean;
}

export interface OperatorGraph {
  readonly nodes: readonly OperatorNode[];
  readonly initializers: readonly InitializerTensor[];
  /** Names in the order of the file; may hold names of initializers. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Operator set versions by domain, `''` being ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
}

/**
 * Reads a graph with its attributes and weights, for the executor. Weights are views of the file wherever they are stored
 * raw; nothing else keeps the file alive.
 *
 * @returns undefined where the file holds no graph
 * @throws `onnx.malformed` when the bytes are not protobuf
 */
export function readOperatorGraph(file: Uint8Array): OperatorGraph | undefined {
  const cursor = openCursor(file);
  const opsets = new Map<string, number>();
  let graph: Omit<OperatorGraph, 'opsets'> | undefined;
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    if (tag === bytesTag(MODEL.graph)) graph = readMessage(cursor, readGraph);
    else if (tag === bytesTag(MODEL.opsetImport)) opsets.set(...readMessage(cursor, readOpset));
    else skip(cursor, tag);
  }
  return graph && { ...graph, opsets };
}

const bytesTag = (field: number): number => field * 8 + WIRE.bytes;
const varintTag = (field: number): number => field * 8 + WIRE.varint;
const fixed32Tag = (field: number): number => field * 8 + WIRE.fixed32;

const readString = (cursor: ProtobufCursor): string => readText(readBytes(cursor));

function readOpset(cursor: ProtobufCursor): [domain: string, version: number] {
  let domain = '';
  let version = 0;
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    if (tag === bytesTag(OPSET.domain)) domain = readString(cursor);
    else if (tag === varintTag(OPSET.version)) version = readUnsigned(cursor);
    else skip(cursor, tag);
  }
  return [domain === 'ai.onnx' ? '' : domain, version];
}

function readGraph(cursor: ProtobufCursor): Omit<OperatorGraph, 'opsets'> {
  const nodes: OperatorNode[] = [];
  const initializers: InitializerTensor[] = [];
  const inputs: string[] = [];
  const outputs: string[] = [];
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    if (tag === bytesTag(GRAPH.node)) nodes.push(readMessage(cursor, readNode));
    else if (tag === bytesTag(GRAPH.initializer)) initializers.push(readMessage(cursor, readTensor));
    else if (tag === bytesTag(GRAPH.input)) inputs.push(readMessage(cursor, readValueName));
    else if (tag === bytesTag(GRAPH.output)) outputs.push(readMessage(cursor, readValueName));
    else skip(cursor, tag);
  }
  return { nodes, initializers, inputs, outputs };
}

function readValueName(cursor: ProtobufCursor): string {
  let name = '';
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    if (tag === bytesTag(VALUE_INFO.name)) name = readString(cursor);
    else skip(cursor, tag);
  }
  return name;
}

function readNode(cursor: ProtobufCursor): OperatorNode {
  let operator = '';
  let domain = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, GraphAttributeValue>();
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    if (tag === bytesTag(NODE.opType)) operator = readString(cursor);
    else if (tag === bytesTag(NODE.domain)) domain = readString(cursor);
    else if (tag === bytesTag(NODE.input)) inputs.push(readString(cursor));
    else if (tag === bytesTag(NODE.output)) outputs.push(readString(cursor));
    else if (tag === bytesTag(NODE.attribute)) attributes.set(...readMessage(cursor, readAttribute));
    else skip(cursor, tag);
  }
  return { operator, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, attributes };
}

function readAttribute(cursor: ProtobufCursor): [name: string, value: GraphAttributeValue] {
  let name = '';
  const value: GraphAttributeValue = {};
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    if (tag === bytesTag(ATTRIBUTE.name)) name = readString(cursor);
    else if (tag === fixed32Tag(ATTRIBUTE.float)) value.float = readFloat(cursor);
    else if (tag === varintTag(ATTRIBUTE.integer)) value.integer = readSigned(cursor);
    else if (tag === bytesTag(ATTRIBUTE.text)) value.text = readString(cursor);
    else if (tag === bytesTag(ATTRIBUTE.tensor)) value.tensor = readMessage(cursor, readTensor);
    else if (Math.floor(tag / 8) === ATTRIBUTE.floats) value.floats = readFloats(cursor, tag, value.floats ?? []);
    else if (Math.floor(tag / 8) === ATTRIBUTE.ints) value.integers = readIntegers(cursor, tag, value.integers ?? []);
    else if (tag === bytesTag(ATTRIBUTE.strings)) value.texts = readTexts(cursor, value.texts ?? []);
    else skip(cursor, tag);
  }
  return [name, value];
}

/**
 * Repeated floats come packed in one field or, as proto2 writers do it, a field each. A run of such fields is read in one
 * loop: a tree ensemble has tens of thousands of them, and cold code is fast only where it is short.
 */
function readFloats(cursor: ProtobufCursor, tag: number, into: number[]): number[] {
  if (tag % 8 === WIRE.bytes) {
    for (const end = readEnd(cursor); cursor.at < end; ) into.push(readFloat(cursor));
    return into;
  }
  into.push(readFloat(cursor));
  const { bytes, view, end } = cursor;
  let at = cursor.at;
  for (; at + 5 <= end && bytes[at] === tag; at += 5) into.push(view.getFloat32(at + 1, true));
  cursor.at = at;
  return into;
}

function readIntegers(cursor: ProtobufCursor, tag: number, into: number[]): number[] {
  if (tag % 8 === WIRE.bytes) {
    for (const end = readEnd(cursor); cursor.at < end; ) into.push(readSigned(cursor));
    return into;
  }
  into.push(readSigned(cursor));
  const { bytes, end } = cursor;
  let at = cursor.at;
  while (at + 3 < end && bytes[at] === tag) {
    const low = bytes[at + 1] as number;
    const high = bytes[at + 2] as number;
    if (low < 0x80) {
      into.push(low);
      at += 2;
    } else if (high < 0x80) {
      into.push((low & 0x7f) + high * 128);
      at += 3;
    } else break;
  }
  cursor.at = at;
  return into;
}

/** Ten thousand nodes repeat one or two modes: a text that equals the one before it is not decoded again. */
function readTexts(cursor: ProtobufCursor, into: string[]): string[] {
  const end = readEnd(cursor);
  const length = end - cursor.at;
  let repeated: string | undefined;
  // Only the latest: to look through all would take hours for a forest of some million nodes.
  for (let i = into.length - 1; i >= 0 && i >= into.length - RECENT_TEXTS && repeated === undefined; i -= 1) {
    const text = into[i] as string;
    if (text.length === length && isAscii(cursor, text)) repeated = text;
  }
  into.push(repeated ?? readText(cursor.bytes.subarray(cursor.at, end)));
  cursor.at = end;
  return into;
}

const RECENT_TEXTS = 8;

function isAscii({ bytes, at }: ProtobufCursor, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0x7f || bytes[at + i] !== code) return false;
  }
  return true;
}

const EXTERNAL = 1;

function readTensor(cursor: ProtobufCursor): InitializerTensor {
  const tensor: InitializerTensor = { name: '', dims: [], elementType: 0, isExternal: false };
  for (let tag = readTag(cursor); tag > 0; tag = readTag(cursor)) {
    const field = Math.floor(tag / 8);
    if (tag === bytesTag(TENSOR.name)) tensor.name = readString(cursor);
    else if (field === TENSOR.dims) readIntegers(cursor, tag, tensor.dims);
    else if (tag === varintTag(TENSOR.dataType)) tensor.elementType = readUnsigned(cursor);
    else if (tag === bytesTag(TENSOR.rawData)) tensor.raw = readBytes(cursor);
    else if (field === TENSOR.floatData) tensor.floats = readFloats(cursor, tag, tensor.floats ?? []);
    else if (field === TENSOR.int64Data) tensor.integers = readIntegers(cursor, tag, tensor.integers ?? []);
    else if (tag === varintTag(TENSOR.dataLocation)) tensor.isExternal ||= readUnsigned(cursor) === EXTERNAL;
    else skip(cursor, tag);
  }
  return tensor;
}
