import { TENSOR } from '../../core/domain/onnx/model-proto.ts';
import {
  bytesField,
  message,
  packedIntegersField,
  textField,
  varintField,
} from '../../core/domain/onnx/protobuf-writer.ts';
import {
  ELEMENT,
  graphAttribute,
  identityModel,
  initializer,
  integerAttribute,
  node,
  onnxModel,
  sineBody,
  tensorValue,
} from './onnx-models.ts';

/** Files that must not become versions, each small and each wrong in one way. All take `x` FP32 and give `y`. */

const X = tensorValue('x', ELEMENT.FP32, ['N', 1]);
const Y = tensorValue('y', ELEMENT.FP32, ['N', 1]);

export const notOnnx = (): Uint8Array => new TextEncoder().encode('<html>not a model</html>');

/** Protobuf to its end, but for a graph that ends in the middle of a node. */
export const truncatedModel = (): Uint8Array => identityModel(ELEMENT.FP32, ['N']).slice(0, -12);

export const operatorModel = (operator: string, domain?: string): Uint8Array =>
  onnxModel({
    inputs: [X],
    outputs: [Y],
    nodes: [node(operator, { inputs: ['x'], outputs: ['y'], ...(domain !== undefined && { domain }) })],
    operatorSets: [['', 17], ...(domain === undefined ? [] : [[domain, 1] as const])],
  });

export const operatorSetModel = (version: number, domain = ''): Uint8Array =>
  onnxModel({
    inputs: [X],
    outputs: [Y],
    nodes: [node('Identity', { inputs: ['x'], outputs: ['y'] })],
    operatorSets: [...(domain === '' ? [] : [['', 17] as const]), [domain, version]],
  });

export const irVersionModel = (irVersion: number): Uint8Array =>
  onnxModel({ inputs: [X], outputs: [Y], nodes: [node('Identity', { inputs: ['x'], outputs: ['y'] })], irVersion });

/** Valid for ONNX Runtime, which aborts its process when the output is fetched. */
export const int4OutputModel = (): Uint8Array =>
  onnxModel({
    inputs: [X],
    outputs: [tensorValue('y', ELEMENT.int4, ['N', 1])],
    initializers: [
      initializer('scale', [], [1]),
      message(varintField(TENSOR.dataType, ELEMENT.int4), textField(TENSOR.name, 'zero'), packedIntegersField(5, [0])),
    ],
    nodes: [node('QuantizeLinear', { inputs: ['x', 'scale', 'zero'], outputs: ['y'] })],
    irVersion: 10,
    operatorSets: [['', 21]],
  });

/** Takes the sine of `x` for ever. */
export const endlessModel = (): Uint8Array => sineModel(['', 'true', 'x']);

/** Takes the sine of `x` a hundred thousand times. */
export const slowModel = (): Uint8Array => sineModel(['trips', 'true', 'x']);

const sineModel = (inputs: readonly string[]): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.FP32, ['N'])],
    outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
    initializers: [
      constant('true', ELEMENT.BOOL, bytesField(TENSOR.rawData, Uint8Array.of(1))),
      constant('trips', ELEMENT.INT64, packedIntegersField(TENSOR.int64Data, [100_000])),
    ],
    nodes: [node('Loop', { inputs, outputs: ['y'], attributes: [graphAttribute('body', sineBody())] })],
  });

/** An initializer of one element, of a type that `initializer` does not make. */
const constant = (name: string, elementType: number, data: Uint8Array): Uint8Array =>
  message(varintField(TENSOR.dataType, elementType), textField(TENSOR.name, name), data);

/** Constants that double 29 times to 2 GB when ONNX Runtime folds them while it loads. */
export const foldingBomb = (): Uint8Array =>
  onnxModel({
    inputs: [X],
    outputs: [Y],
    initializers: [initializer('c0', [1], [1])],
    nodes: [
      ...Array.from({ length: 29 }, (_, i) =>
        node('Concat', {
          inputs: [`c${i}`, `c${i}`],
          outputs: [`c${i + 1}`],
          attributes: [integerAttribute('axis', 0)],
        }),
      ),
      node('ReduceMax', { inputs: ['c29'], outputs: ['most'] }),
      node('Add', { inputs: ['x', 'most'], outputs: ['y'] }),
    ],
  });

/** 160 bytes that take 2 GB when they are run. */
export const expandBomb = (): Uint8Array =>
  onnxModel({
    inputs: [X],
    outputs: [Y],
    initializers: [
      initializer('one', [], [1]),
      message(
        packedIntegersField(TENSOR.dims, [1]),
        varintField(TENSOR.dataType, ELEMENT.INT64),
        textField(TENSOR.name, 'shape'),
        packedIntegersField(TENSOR.int64Data, [2 ** 29]),
      ),
    ],
    nodes: [
      node('Expand', { inputs: ['one', 'shape'], outputs: ['many'] }),
      node('ReduceMax', { inputs: ['many'], outputs: ['most'] }),
      node('Add', { inputs: ['x', 'most'], outputs: ['y'] }),
    ],
  });

/** Divides the least integer by −1, whose quotient no integer of its size is: x86 processors end the process for it. */
export const crashingModel = (): Uint8Array => {
  const integer = (name: string, value: number) =>
    message(
      packedIntegersField(TENSOR.dims, [1]),
      varintField(TENSOR.dataType, ELEMENT.INT32),
      textField(TENSOR.name, name),
      bytesField(TENSOR.rawData, new Uint8Array(Int32Array.of(value).buffer)),
    );
  return onnxModel({
    inputs: [tensorValue('x', ELEMENT.INT32, ['N'])],
    outputs: [tensorValue('y', ELEMENT.INT32, ['N'])],
    initializers: [integer('least', -(2 ** 31)), integer('one', 1)],
    nodes: [
      // From `x`, so that nothing is known before it is asked.
      node('Sub', { inputs: ['x', 'x'], outputs: ['zero'] }),
      node('Add', { inputs: ['zero', 'least'], outputs: ['dividend'] }),
      node('Sub', { inputs: ['zero', 'one'], outputs: ['divisor'] }),
      node('Div', { inputs: ['dividend', 'divisor'], outputs: ['y'] }),
    ],
  });
};

/** An index into a table: rows past its end are refused by ONNX Runtime itself. */
export const tableModel = (rows: number): Uint8Array =>
  onnxModel({
    inputs: [tensorValue('x', ELEMENT.INT64, ['N'])],
    outputs: [tensorValue('y', ELEMENT.FP32, ['N'])],
    initializers: [
      initializer(
        'table',
        [rows],
        Array.from({ length: rows }, (_, row) => row),
      ),
    ],
    nodes: [node('Gather', { inputs: ['table', 'x'], outputs: ['y'] })],
  });
