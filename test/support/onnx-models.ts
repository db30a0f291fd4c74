import {
  ATTRIBUTE,
  DIMENSION,
  ENTRY,
  FUNCTION,
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
} from '../../core/domain/onnx/model-proto.ts';
import {
  bytesField,
  message,
  packedFloatsField,
  packedIntegersField,
  textField,
  varintField,
} from '../../core/domain/onnx/protobuf-writer.ts';

/** ONNX files made field by field, so that tests can also make what no exporter would. */

/** onnx.proto's TensorProto.DataType. */
export const ELEMENT = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
  bfloat16: 16,
  float8e4m3fn: 17,
  uint4: 21,
  int4: 22,
} as const;

/** One dimension as a file may have it: a size, a name, or nothing. */
export type FileDimension = number | string | null;

/** A value of type tensor; a shape that is undefined is left out: any number of dimensions. */
export const tensorValue = (name: string, elementType: number, shape?: readonly FileDimension[]): Uint8Array =>
  value(
    name,
    bytesField(TYPE.tensor, message(varintField(TENSOR_TYPE.elementType, elementType), ...shapeField(shape))),
  );

/** A value that is no tensor. */
export const otherValue = (name: string, kind: 'sequence' | 'map' | 'sparseTensor' | 'optional'): Uint8Array =>
  value(name, bytesField(TYPE[kind], new Uint8Array()));

/** What a ZipMap with text labels gives: a sequence of maps from text to float. */
export const scoresByLabel = (name: string): Uint8Array => {
  const float = bytesField(TYPE.tensor, varintField(TENSOR_TYPE.elementType, ELEMENT.FP32));
  // MapProto: key_type, value_type; SequenceProto: elem_type.
  const map = bytesField(TYPE.map, message(varintField(1, ELEMENT.BYTES), bytesField(2, float)));
  return value(name, bytesField(TYPE.sequence, bytesField(1, map)));
};

const value = (name: string, type: Uint8Array): Uint8Array =>
  message(textField(VALUE_INFO.name, name), bytesField(VALUE_INFO.type, type));

const shapeField = (shape: readonly FileDimension[] | undefined): Uint8Array[] =>
  shape
    ? [bytesField(TENSOR_TYPE.shape, message(...shape.map((size) => bytesField(SHAPE.dimension, dimension(size)))))]
    : [];

function dimension(size: FileDimension): Uint8Array {
  if (size === null) return new Uint8Array();
  return typeof size === 'number' ? varintField(DIMENSION.value, size) : textField(DIMENSION.parameter, size);
}

export interface NodeParts {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: readonly Uint8Array[];
}

export const node = (operator: string, { inputs, outputs, domain, attributes = [] }: NodeParts): Uint8Array =>
  message(
    ...inputs.map((input) => textField(NODE.input, input)),
    ...outputs.map((output) => textField(NODE.output, output)),
    textField(NODE.opType, operator),
    ...attributes.map((attribute) => bytesField(NODE.attribute, attribute)),
    ...(domain === undefined ? [] : [textField(NODE.domain, domain)]),
  );

const ATTRIBUTE_TYPE = { ints: 7, strings: 8 } as const;

export const integersAttribute = (name: string, values: readonly (number | bigint)[]): Uint8Array =>
  message(
    textField(ATTRIBUTE.name, name),
    packedIntegersField(ATTRIBUTE.ints, values),
    varintField(ATTRIBUTE.type, ATTRIBUTE_TYPE.ints),
  );

/** As protoc writes proto2's repeated integers: a field each. */
export const unpackedIntegersAttribute = (name: string, values: readonly number[]): Uint8Array =>
  message(
    textField(ATTRIBUTE.name, name),
    ...values.map((value) => varintField(ATTRIBUTE.ints, value)),
    varintField(ATTRIBUTE.type, ATTRIBUTE_TYPE.ints),
  );

export const textsAttribute = (name: string, values: readonly string[]): Uint8Array =>
  message(
    textField(ATTRIBUTE.name, name),
    ...values.map((text) => textField(ATTRIBUTE.strings, text)),
    varintField(ATTRIBUTE.type, ATTRIBUTE_TYPE.strings),
  );

/** A float initializer. */
export const initializer = (name: string, shape: readonly number[], values: readonly number[]): Uint8Array =>
  message(
    packedIntegersField(TENSOR.dims, shape),
    varintField(TENSOR.dataType, ELEMENT.FP32),
    textField(TENSOR.name, name),
    // float_data
    packedFloatsField(4, values),
  );

export interface ExternalParts {
  readonly name?: string;
  readonly elementType?: number;
  readonly dims?: readonly number[];
  /** Entries as they stand in the file, in order. */
  readonly entries: readonly (readonly [key: string, value: string])[];
}

/** A tensor whose values are in another file. */
export const externalTensor = ({ name = 'w', elementType = ELEMENT.FP32, dims = [], entries }: ExternalParts) =>
  message(
    packedIntegersField(TENSOR.dims, dims),
    varintField(TENSOR.dataType, elementType),
    textField(TENSOR.name, name),
    ...entries.map(([key, text]) =>
      bytesField(TENSOR.externalData, message(textField(ENTRY.key, key), textField(ENTRY.value, text))),
    ),
    varintField(TENSOR.dataLocation, 1),
  );

/** The same tensor with its values in it. */
export const rawTensor = ({
  name = 'w',
  elementType = ELEMENT.FP32,
  dims = [],
  raw,
}: Omit<ExternalParts, 'entries'> & { raw: Uint8Array }) =>
  message(
    packedIntegersField(TENSOR.dims, dims),
    varintField(TENSOR.dataType, elementType),
    textField(TENSOR.name, name),
    bytesField(TENSOR.rawData, raw),
  );

const ATTRIBUTE_KIND = { tensor: 4, graph: 5, tensors: 9, graphs: 10, sparseTensor: 11, sparseTensors: 12 } as const;

/** An attribute of one or several messages, as the kind says. */
export const messageAttribute = (name: string, kind: keyof typeof ATTRIBUTE_KIND, ...parts: readonly Uint8Array[]) =>
  message(
    textField(ATTRIBUTE.name, name),
    ...parts.map((part) => bytesField(ATTRIBUTE[kind], part)),
    varintField(ATTRIBUTE.type, ATTRIBUTE_KIND[kind]),
  );

export const sparseTensor = (values: Uint8Array, indices: Uint8Array): Uint8Array =>
  message(bytesField(SPARSE_TENSOR.values, values), bytesField(SPARSE_TENSOR.indices, indices));

/** A model's own function; only its nodes and attributes with defaults. */
export const functionProto = (nodes: readonly Uint8Array[], attributes: readonly Uint8Array[] = []): Uint8Array =>
  message(
    textField(1, 'f'),
    ...nodes.map((part) => bytesField(FUNCTION.node, part)),
    ...attributes.map((part) => bytesField(FUNCTION.attributeDefault, part)),
  );

/** A graph as the body of a node. */
export const graphProto = ({ inputs = [], outputs = [], nodes = [], initializers = [], sparse = [] }: GraphParts) =>
  message(
    ...nodes.map((part) => bytesField(GRAPH.node, part)),
    textField(GRAPH.name, 'g'),
    ...initializers.map((part) => bytesField(GRAPH.initializer, part)),
    ...inputs.map((part) => bytesField(GRAPH.input, part)),
    ...outputs.map((part) => bytesField(GRAPH.output, part)),
    ...sparse.map((part) => bytesField(GRAPH.sparseInitializer, part)),
  );

export interface GraphParts {
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
  readonly nodes?: readonly Uint8Array[];
  readonly initializers?: readonly Uint8Array[];
  readonly sparse?: readonly Uint8Array[];
}

export interface ModelParts extends GraphParts {
  readonly functions?: readonly Uint8Array[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** @default 8 */
  readonly irVersion?: number;
  /** @default ONNX's own in version 17 and ai.onnx.ml in version 3 */
  readonly operatorSets?: readonly (readonly [domain: string, version: number])[];
}

const IR_VERSION = 8;
const OPSETS: readonly (readonly [string, number])[] = [
  ['', 17],
  ['ai.onnx.ml', 3],
];

export const onnxModel = ({
  metadata = {},
  functions = [],
  irVersion = IR_VERSION,
  operatorSets = OPSETS,
  ...graph
}: ModelParts) =>
  message(
    varintField(MODEL.irVersion, irVersion),
    textField(MODEL.producerName, 'test'),
    bytesField(MODEL.graph, graphProto(graph)),
    ...operatorSets.map(([domain, version]) =>
      bytesField(MODEL.opsetImport, message(textField(OPSET.domain, domain), varintField(OPSET.version, version))),
    ),
    ...Object.entries(metadata).map(([key, text]) =>
      bytesField(MODEL.metadataProps, message(textField(ENTRY.key, key), textField(ENTRY.value, text))),
    ),
    ...functions.map((part) => bytesField(MODEL.functions, part)),
  );

/** `x` in, the same as `y` out. */
export const identityModel = (elementType: number, shape?: readonly FileDimension[]): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', elementType, shape)],
    outputs: [tensorValue('y', elementType, shape)],
    nodes: [node('Identity', { inputs: ['x'], outputs: ['y'] })],
  });

/**
 * A classifier as skl2onnx exports it: scores [N, C] of `x` [N, C] go through a ZipMap to each name of `outputs`, and
 * ArgMax gives the INT64 `label` [N].
 */
export const zipMapModel = (outputs: readonly string[], labels: Uint8Array): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.FP32, ['N', 2])],
    outputs: [tensorValue('label', ELEMENT.INT64, ['N']), ...outputs.map((name) => otherValue(name, 'sequence'))],
    nodes: [
      node('ArgMax', {
        inputs: ['x'],
        outputs: ['argmax'],
        attributes: [integerAttribute('axis', 1), integerAttribute('keepdims', 0)],
      }),
      node('Identity', { inputs: ['argmax'], outputs: ['label'] }),
      node('Softmax', { inputs: ['x'], outputs: ['scores'] }),
      ...outputs.map((name) =>
        node('ZipMap', { inputs: ['scores'], outputs: [name], domain: 'ai.onnx.ml', attributes: [labels] }),
      ),
    ],
  });

const INTEGER_ATTRIBUTE_TYPE = 2;

export const integerAttribute = (name: string, value: number): Uint8Array =>
  message(
    textField(ATTRIBUTE.name, name),
    varintField(ATTRIBUTE.integer, value),
    varintField(ATTRIBUTE.type, INTEGER_ATTRIBUTE_TYPE),
  );

/** `y` FP32 [N] is what stands in `table` at the places `x` INT64 [N]; a place beyond its end makes the model fail. */
export const lookUpModel = (table: readonly number[]): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.INT64, ['N'])],
    outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
    nodes: [node('Gather', { inputs: ['table', 'x'], outputs: ['y'] })],
    initializers: [initializer('table', [table.length], table)],
  });

const GRAPH_ATTRIBUTE_TYPE = 5;

export const graphAttribute = (name: string, graph: Uint8Array): Uint8Array =>
  message(
    textField(ATTRIBUTE.name, name),
    bytesField(ATTRIBUTE.graph, graph),
    varintField(ATTRIBUTE.type, GRAPH_ATTRIBUTE_TYPE),
  );

/** `y` is the sine of `x` taken `trips` times (INT64, rank 0): as long a computation as the caller asks for. */
export const loopModel = (): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.FP32, ['N']), tensorValue('trips', ELEMENT.INT64, [])],
    outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
    nodes: [
      node('Loop', {
        inputs: ['trips', '', 'x'],
        outputs: ['y'],
        attributes: [graphAttribute('body', sineBody())],
      }),
    ],
  });

export const sineBody = (): Uint8Array =>
  message(
    bytesField(GRAPH.node, node('Identity', { inputs: ['going'], outputs: ['goes_on'] })),
    bytesField(GRAPH.node, node('Sin', { inputs: ['value'], outputs: ['next'] })),
    textField(GRAPH.name, 'body'),
    bytesField(GRAPH.input, tensorValue('trip', ELEMENT.INT64, [])),
    bytesField(GRAPH.input, tensorValue('going', ELEMENT.BOOL, [])),
    bytesField(GRAPH.input, tensorValue('value', ELEMENT.FP32, ['N'])),
    bytesField(GRAPH.output, tensorValue('goes_on', ELEMENT.BOOL, [])),
    bytesField(GRAPH.output, tensorValue('next', ELEMENT.FP32, ['N'])),
  );

/** `y` is the sum of as many zeros as the product of `shape` (INT64 [D]): as much memory as the caller asks for. */
export const memoryModel = (): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('shape', ELEMENT.INT64, ['D'])],
    outputs: [tensorValue('y', ELEMENT.FP32, [])],
    nodes: [
      node('ConstantOfShape', { inputs: ['shape'], outputs: ['zeros'] }),
      node('ReduceSum', {
        inputs: ['zeros'],
        outputs: ['y'],
        attributes: [integerAttribute('keepdims', 0)],
      }),
    ],
  });
