import { createHash, randomUUID } from 'node:crypto';
import { isObject, type Json } from './json.ts';
import { isPath, type PathScope, readPath } from './json-path.ts';
import { StateError } from './state-error.ts';

type Intrinsic = (args: readonly Json[]) => Json;

const HASHES = { MD5: 'md5', 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const;
const LARGEST_RANGE = 1000;

const fail = (message: string): never => {
  throw new StateError('States.IntrinsicFailure', message);
};

function array(name: string, value: Json): readonly Json[] {
  return Array.isArray(value) ? value : fail(`${name} takes an array, got ${JSON.stringify(value)}`);
}

function text(name: string, value: Json): string {
  return typeof value === 'string' ? value : fail(`${name} takes a string, got ${JSON.stringify(value)}`);
}

function number(name: string, value: Json): number {
  return typeof value === 'number' ? value : fail(`${name} takes a number, got ${JSON.stringify(value)}`);
}

/** What AWS documents as intrinsic functions of JSONPath state machines. */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  'States.Array': (args) => [...args],
  'States.ArrayPartition': ([list, size]) =>
    partition(array('States.ArrayPartition', list), number('States.ArrayPartition', size)),
  'States.ArrayContains': ([list, value]) =>
    array('States.ArrayContains', list).some((each) => JSON.stringify(each) === JSON.stringify(value)),
  'States.ArrayRange': ([first, last, step]) =>
    range(
      number('States.ArrayRange', first),
      number('States.ArrayRange', last),
      step === undefined ? 1 : number('States.ArrayRange', step),
    ),
  'States.ArrayGetItem': ([list, index]) =>
    array('States.ArrayGetItem', list)[number('States.ArrayGetItem', index)] ??
    fail(`States.ArrayGetItem: there is no item ${index}`),
  'States.ArrayLength': ([list]) => array('States.ArrayLength', list).length,
  'States.ArrayUnique': ([list]) => [
    ...new Map(array('States.ArrayUnique', list).map((each) => [JSON.stringify(each), each])).values(),
  ],
  'States.Base64Encode': ([value]) => Buffer.from(text('States.Base64Encode', value)).toString('base64'),
  'States.Base64Decode': ([value]) => Buffer.from(text('States.Base64Decode', value), 'base64').toString('utf8'),
  'States.Hash': ([value, algorithm]) => hash(value, text('States.Hash', algorithm)),
  'States.JsonMerge': ([a, b]) =>
    isObject(a) && isObject(b) ? { ...a, ...b } : fail('States.JsonMerge takes two objects'),
  'States.StringToJson': ([value]) => parseJson(text('States.StringToJson', value)),
  'States.JsonToString': ([value]) => JSON.stringify(value),
  'States.MathRandom': ([from, to]) => {
    const [low, high] = [number('States.MathRandom', from), number('States.MathRandom', to)];
    return low + Math.floor(Math.random() * (high - low));
  },
  'States.MathAdd': ([a, b]) => number('States.MathAdd', a) + number('States.MathAdd', b),
  'States.StringSplit': ([value, by]) => {
    const separators = new Set(text('States.StringSplit', by));
    const parts = [''];
    for (const letter of text('States.StringSplit', value)) {
      if (separators.has(letter)) parts.push('');
      else parts[parts.length - 1] += letter;
    }
    return parts.filter((part) => part !== '');
  },
  'States.UUID': () => randomUUID(),
  'States.Format': ([template, ...values]) => format(text('States.Format', template), values),
};

export function partition(list: readonly Json[], size: number): Json[] {
  if (!(Number.isInteger(size) && size > 0)) return fail(`a part has a whole number of items from 1, got ${size}`);
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}

export function range(first: number, last: number, step: number): number[] {
  const count = Math.floor((last - first) / step) + 1;
  if (step === 0 || count > LARGEST_RANGE)
    return fail(`a range has at most ${LARGEST_RANGE} items and a step that is not 0`);
  return Array.from({ length: Math.max(0, count) }, (_, i) => first + i * step);
}

export function hash(value: Json, algorithm: string): string {
  const name = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm as keyof typeof HASHES] : undefined;
  if (name === undefined) return fail(`the algorithm '${algorithm}' is not one of ${Object.keys(HASHES).join(', ')}`);
  return createHash(name)
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex');
}

export function parseJson(value: string): Json {
  try {
    return JSON.parse(value);
  } catch (cause) {
    return fail(`not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function format(template: string, values: readonly Json[]): string {
  let next = 0;
  const filled = template.replaceAll(/\\([{}'\\])|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    const value = values[next++];
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  return next === values.length ? filled : fail(`States.Format has ${next} places for ${values.length} values`);
}

type Call = { readonly name: string; readonly args: readonly Argument[] };
type Argument = { readonly literal: Json } | { readonly path: string } | { readonly call: Call };

/** Runs `States.Name(...)`. @throws StateError States.IntrinsicFailure */
export function runIntrinsic(source: string, scope: PathScope): Json {
  const [call, rest] = readCall(source.trim());
  if (rest.trim() !== '') fail(`'${source}' goes on behind its end: ${rest}`);
  return run(call, scope);
}

function run({ name, args }: Call, scope: PathScope): Json {
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  if (intrinsic === undefined) return fail(`there is no intrinsic function ${name}`);
  const values = args.map((each) => {
    if ('literal' in each) return each.literal;
    return 'path' in each ? readPath(each.path, scope) : run(each.call, scope);
  });
  return intrinsic(values);
}

function readCall(source: string): [Call, string] {
  const [opening = '', name = ''] = /^(States\.\w+)\(\s*/.exec(source) ?? [];
  if (opening === '') fail(`'${source}' is no call of an intrinsic function`);
  const args: Argument[] = [];
  let rest = source.slice(opening.length);
  while (!rest.startsWith(')')) {
    const [argument, behind] = readArgument(rest);
    args.push(argument);
    rest = behind.trimStart();
    if (rest.startsWith(',')) rest = rest.slice(1).trimStart();
    else if (!rest.startsWith(')')) fail(`'${source}' lacks a ) or a comma at: ${rest}`);
  }
  return [{ name, args }, rest.slice(1)];
}

function readArgument(source: string): [Argument, string] {
  if (source.startsWith('States.')) {
    const [call, rest] = readCall(source);
    return [{ call }, rest];
  }
  const quoted = /^'((?:[^'\\]|\\.)*)'/.exec(source);
  if (quoted !== null) {
    // Braces keep their escape for States.Format.
    return [{ literal: (quoted[1] ?? '').replaceAll(/\\(['\\])/g, '$1') }, source.slice(quoted[0].length)];
  }
  if (source.startsWith('$')) {
    const end = endOfPath(source);
    return [{ path: source.slice(0, end).trimEnd() }, source.slice(end)];
  }
  const [word = ''] = /^[^,)\s]+/.exec(source) ?? [];
  if (!/^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/.test(word)) fail(`'${word}' is no argument`);
  return [{ literal: JSON.parse(word) }, source.slice(word.length)];
}

/** A path ends at the first comma or bracket that is not within brackets of its own. */
function endOfPath(source: string): number {
  let depth = 0;
  for (let i = 0; i < source.length; i += 1) {
    const letter = source[i] as string;
    if (depth === 0 && (letter === ',' || letter === ')')) return i;
    if ('[('.includes(letter)) depth += 1;
    if ('])'.includes(letter)) depth -= 1;
  }
  return source.length;
}

/** A payload template: fields whose names end in `.$` are paths or intrinsic functions. */
export function fillTemplate(template: Json, scope: PathScope): Json {
  if (Array.isArray(template)) return template.map((each) => fillTemplate(each, scope));
  if (!isObject(template)) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$') && typeof value === 'string'
        ? [key.slice(0, -2), isPath(value) ? readPath(value, scope) : runIntrinsic(value, scope)]
        : [key, fillTemplate(value, scope)],
    ),
  );
}
