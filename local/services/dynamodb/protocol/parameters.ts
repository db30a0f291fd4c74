import type { Item } from '../values/attribute-value.ts';
import { parseItem } from '../values/parse-attribute-value.ts';
import { serializationError, validationError } from './errors.ts';

interface Kinds {
  string: string;
  boolean: boolean;
  integer: number;
  object: Readonly<Record<string, unknown>>;
  list: readonly unknown[];
  names: Readonly<Record<string, string>>;
  item: Item;
}
type Kind = keyof Kinds;
type Required = `${Kind}!`;
/** What a parameter may hold: a kind, with `!` when it must be there, or the values to choose from. */
type Parameter = Kind | Required | readonly string[];

/** The parameters of a request by name. */
export type Shape = Readonly<Record<string, Parameter>>;

type Value<P extends Parameter> = P extends `${infer K extends Kind}!`
  ? Kinds[K]
  : P extends Kind
    ? Kinds[P] | undefined
    : P extends readonly (infer Choice)[]
      ? Choice | undefined
      : never;
export type Parameters<S extends Shape> = { readonly [Name in keyof S]: Value<S[Name]> };

/** From before expressions; refused by name so that nobody wonders why they have no effect. */
const LEGACY: ReadonlySet<string> = new Set([
  'AttributesToGet',
  'AttributeUpdates',
  'ConditionalOperator',
  'Expected',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
]);

/** @throws SerializationException for a wrong type, ValidationException for a parameter that is missing, unknown or legacy */
export function readParameters<const S extends Shape>(shape: S, raw: unknown): Parameters<S> {
  const given = readObject(raw);
  for (const name in given) if (!Object.hasOwn(shape, name)) throw unknownParameter(name);
  const parameters: Record<string, unknown> = {};
  for (const name in shape) {
    const parameter = shape[name] as Parameter;
    const value = given[name] ?? undefined;
    if (value !== undefined) parameters[name] = readValue(name, parameter, value);
    else if (typeof parameter === 'string' && parameter.endsWith('!')) throw missing(name);
  }
  return parameters as Parameters<S>;
}

/** @throws SerializationException for anything but an object */
export function readObject(raw: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(raw)) throw serializationError(`an object is expected, got ${describe(raw)}`);
  return raw as Record<string, unknown>;
}

function readValue(name: string, parameter: Parameter, value: unknown): unknown {
  if (typeof parameter !== 'string') return readChoice(name, parameter, value);
  const kind = parameter.replace('!', '') as Kind;
  if (!IS[kind](value)) throw serializationError(`parameter '${name}' must be of type ${kind}, got ${describe(value)}`);
  if (kind === 'names') assertNames(name, value as Readonly<Record<string, unknown>>);
  return kind === 'item' ? parseItem(value) : value;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

const IS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  object: isObject,
  list: Array.isArray,
  names: isObject,
  item: isObject,
};

function readChoice(name: string, choices: readonly string[], value: unknown): string {
  if (typeof value === 'string' && choices.includes(value)) return value;
  throw constraint(name, `'${describe(value)}'`, `Member must satisfy enum value set: [${choices.join(', ')}]`);
}

function assertNames(parameter: string, names: Readonly<Record<string, unknown>>): void {
  for (const [key, name] of Object.entries(names)) {
    if (typeof name !== 'string')
      throw serializationError(`${parameter}: '${key}' must be a string, got ${describe(name)}`);
  }
}

const describe = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function unknownParameter(name: string): Error {
  return validationError(
    LEGACY.has(name)
      ? `The legacy parameter '${name}' is not supported: use an expression`
      : `The parameter '${name}' is not known to this operation`,
  );
}

const missing = (name: string) => constraint(name, 'null', 'Member must not be null');

/** A broken constraint as AWS words it. */
export function constraint(name: string, value: string, rule: string): Error {
  const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return validationError(
    `1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${rule}`,
  );
}
