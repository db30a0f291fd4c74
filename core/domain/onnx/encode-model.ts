import {
  ATTRIBUTE,
  DIMENSION,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './model-proto.ts';
import {
  bytesField,
  floatField,
  message,
  packedFloatsField,
  packedIntegersField,
  textField,
  varintField,
} from './protobuf-writer.ts';

/** One attribute of an operator. The key says the type, since 1 may be a float or an integer. */
export type GraphAttribute =
  | { readonly float: number }
  | { readonly integer: number }
  | { readonly text: string }
  | { readonly floats: ArrayLike<number> }
  | { readonly integers: ArrayLike<number> }
  | { readonly texts: readonly string[] };

export interface GraphNode {
  readonly operator: string;
  /** Operator set, for example `ai.onnx.ml`. @default - ONNX's own */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, GraphAttribute>>;
}

/** A constant. Float32Array makes a FLOAT tensor, BigInt64Array an INT64 one. */
export interface GraphConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

export interface GraphValue {
  readonly name: string;
  readonly elementType: 'FLOAT' | 'INT64' | 'STRING';
  /** A text is a dimension that varies, for example the batch `"N"`. */
  readonly shape: readonly (number | string)[];
}

/** A computation as ONNX knows it, without protobuf's detail. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly constants: readonly GraphConstant[];
  /** In an order in which each node comes after what it reads. */
  readonly nodes: readonly GraphNode[];
  /** Texts kept in the file, for people and tools. */
  readonly metadata: Readonly<Record<string, string>>;
}

// IR 8 with opset 17 and ai.onnx.ml 3 are read by every runtime since 2022; nothing here needs newer ones.
const IR_VERSION = 8;
const OPERATOR_SETS: readonly (readonly [domain: string, version: number])[] = [
  ['', 17],
  ['ai.onnx.ml', 3],
];
const ELEMENT_TYPE = { FLOAT: 1, INT64: 7, STRING: 8 } as const;
const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, floats: 6, integers: 7, texts: 8 } as const;

/**
 * Writes a graph as an ONNX file (ModelProto).
 *
 * Equal graphs give equal bytes: fields stand in a fixed order, metadata in the order given, and nothing else
 * (no date, no random name) goes in.
 *
 * Source: onnx.proto, IR version 8.
 */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  return message(
    varintField(MODEL.irVersion, IR_VERSION),
    textField(MODEL.producerName, 'keelson'),
    bytesField(MODEL.graph, encodeGraph(graph)),
    ...OPERATOR_SETS.map(([domain, version]) =>
      bytesField(MODEL.opsetImport, message(textField(OPSET.domain, domain), varintField(OPSET.version, version))),
    ),
    ...Object.entries(graph.metadata).map(([key, value]) =>
      bytesField(MODEL.metadataProps, message(textField(ENTRY.key, key), textField(ENTRY.value, value))),
    ),
  );
}

const encodeGraph = ({ name, nodes, constants, inputs, outputs }: OnnxGraph): Uint8Array =>
  message(
    ...nodes.map((node, index) => bytesField(GRAPH.node, encodeNode(node, index))),
    textField(GRAPH.name, name),
    ...constants.map((constant) => bytesField(GRAPH.initializer, encodeConstant(constant))),
    ...inputs.map((value) => bytesField(GRAPH.input, encodeValue(value))),
    ...outputs.map((value) => bytesField(GRAPH.output, encodeValue(value))),
  );

export const encodeNode = (
  { operator, domain, inputs, outputs, attributes = {} }: GraphNode,
  index: number,
): Uint8Array =>
  message(
    ...inputs.map((input) => textField(NODE.input, input)),
    ...outputs.map((output) => textField(NODE.output, output)),
    textField(NODE.name, `${operator}_${index}`),
    textField(NODE.opType, operator),
    ...Object.entries(attributes).map(([name, attribute]) =>
      bytesField(NODE.attribute, encodeAttribute(name, attribute)),
    ),
    ...(domain === undefined ? [] : [textField(NODE.domain, domain)]),
  );

const encodeAttribute = (name: string, attribute: GraphAttribute): Uint8Array =>
  message(textField(ATTRIBUTE.name, name), ...attributeValue(attribute));

function attributeValue(attribute: GraphAttribute): Uint8Array[] {
  if ('float' in attribute) return typed('float', floatField(ATTRIBUTE.float, attribute.float));
  if ('integer' in attribute) return typed('integer', varintField(ATTRIBUTE.integer, attribute.integer));
  if ('text' in attribute) return typed('text', textField(ATTRIBUTE.text, attribute.text));
  if ('floats' in attribute) return typed('floats', packedFloatsField(ATTRIBUTE.floats, attribute.floats));
  if ('integers' in attribute) return typed('integers', packedIntegersField(ATTRIBUTE.ints, attribute.integers));
  return typed('texts', message(...attribute.texts.map((text) => textField(ATTRIBUTE.strings, text))));
}

const typed = (type: keyof typeof ATTRIBUTE_TYPE, value: Uint8Array): Uint8Array[] => [
  value,
  varintField(ATTRIBUTE.type, ATTRIBUTE_TYPE[type]),
];

export const encodeConstant = ({ name, shape, values }: GraphConstant): Uint8Array =>
  message(
    packedIntegersField(TENSOR.dims, shape),
    varintField(TENSOR.dataType, values instanceof Float32Array ? ELEMENT_TYPE.FLOAT : ELEMENT_TYPE.INT64),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, littleEndian(values)),
  );

function littleEndian(values: Float32Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  if (values instanceof Float32Array) values.forEach((value, i) => void view.setFloat32(i * 4, value, true));
  else values.forEach((value, i) => void view.setBigInt64(i * 8, value, true));
  return bytes;
}

export function encodeValue({ name, elementType, shape }: GraphValue): Uint8Array {
  const dimensions = shape.map((size) =>
    bytesField(
      SHAPE.dimension,
      typeof size === 'number' ? varintField(DIMENSION.value, size) : textField(DIMENSION.parameter, size),
    ),
  );
  const tensor = message(
    varintField(TENSOR_TYPE.elementType, ELEMENT_TYPE[elementType]),
    bytesField(TENSOR_TYPE.shape, message(...dimensions)),
  );
  return message(textField(VALUE_INFO.name, name), bytesField(VALUE_INFO.type, bytesField(TYPE.tensor, tensor)));
}
