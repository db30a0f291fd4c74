import { DATATYPES, type Datatype } from '../../domain/inference/datatype.ts';
import type { InferRequest } from '../open-inference.ts';
import { isFields, isText, isWhole } from './guards.ts';

const RANK_LIMIT = 64;
const TENSOR_LIMIT = 1_000;
const ID_LIMIT_CHARACTERS = 256;

type Input = InferRequest['inputs'][number];
type Output = NonNullable<InferRequest['outputs']>[number];

/** A request without the fields that the protocol does not know; undefined: ask `InferRequest`. */
export function quickInferRequest(value: unknown): InferRequest | undefined {
  if (!isFields(value)) return undefined;
  const { id, parameters, inputs, outputs } = value;
  if (id !== undefined && !(isText(id) && id.length <= ID_LIMIT_CHARACTERS)) return undefined;
  if (!isShortListOf(inputs, isInput)) return undefined;
  if (outputs !== undefined && !isShortListOf(outputs, isOutput)) return undefined;
  if (parameters !== undefined && !hasFlag(parameters, 'binary_data_output')) return undefined;
  return {
    inputs,
    ...(id !== undefined && { id }),
    ...(outputs !== undefined && { outputs }),
    ...(parameters !== undefined && { parameters }),
  };
}

function isInput(value: unknown): value is Input {
  if (!isFields(value)) return false;
  const { name, shape, datatype, parameters, data } = value;
  if (!isText(name) || name === '' || !isDatatype(datatype) || !isShape(shape)) return false;
  if (parameters === undefined) return data !== undefined;
  if (!isFields(parameters)) return false;
  const size = parameters['binary_data_size'];
  return size === undefined ? data !== undefined : data === undefined && isWhole(size, 0);
}

const isDatatype = (value: unknown): value is Datatype => DATATYPES.includes(value as Datatype);

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= RANK_LIMIT && value.every((size) => isWhole(size, 0));

const isShortListOf = <Element>(
  value: unknown,
  isElement: (element: unknown) => element is Element,
): value is Element[] => Array.isArray(value) && value.length <= TENSOR_LIMIT && value.every(isElement);

const isOutput = (value: unknown): value is Output =>
  isFields(value) &&
  isText(value['name']) &&
  (value['parameters'] === undefined || hasFlag(value['parameters'], 'binary_data'));

const hasFlag = (value: unknown, name: string): value is { [name: string]: boolean } =>
  isFields(value) && (value[name] === undefined || typeof value[name] === 'boolean');
