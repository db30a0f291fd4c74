import type { Bound, BoundCondition, BoundOperand } from '../expressions/syntax.ts';
import { validationError } from '../protocol/errors.ts';
import type { RangeBounds } from '../tables/item-store.ts';
import type { KeyAttribute, KeySchema } from '../tables/table-definition.ts';
import { type AttributeValue, typeOf } from '../values/attribute-value.ts';
import { bytesAfterPrefix, keyBytes } from '../values/key-bytes.ts';

export interface KeyRange {
  readonly hash: Buffer;
  readonly bounds: RangeBounds;
}

type Comparator = '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with';

/** One condition on one key attribute. */
interface KeyTerm {
  readonly attribute: string;
  readonly comparator: Comparator;
  readonly values: readonly AttributeValue[];
}

/** Reads `hash = :h [AND <condition on the range>]`, in either order. @throws ValidationException for anything else */
export function readKeyCondition(condition: BoundCondition, key: KeySchema): KeyRange {
  const terms = flatten(condition).map(readTerm);
  const names = terms.map(({ attribute }) => attribute);
  if (new Set(names).size < names.length) {
    throw invalid('KeyConditionExpressions must only contain one condition per key');
  }
  const hashTerm = terms.find(({ attribute }) => attribute === key.hash.name);
  if (hashTerm === undefined) throw validationError(`Query condition missed key schema element: ${key.hash.name}`);
  if (hashTerm.comparator !== '=') throw validationError('Query key condition not supported');
  const [rangeTerm, ...more] = terms.filter((term) => term !== hashTerm);
  if (more.length > 0) throw invalid('Conditions can be of length 1 or 2 only');
  if (rangeTerm !== undefined && rangeTerm.attribute !== key.range?.name) {
    throw validationError(
      key.range === undefined
        ? 'Query key condition not supported'
        : `Query condition missed key schema element: ${key.range.name}`,
    );
  }
  const [hash] = bytesOf(hashTerm, key.hash) as [Buffer];
  const bounds =
    rangeTerm === undefined ? {} : boundsOf(rangeTerm.comparator, bytesOf(rangeTerm, key.range as KeyAttribute));
  return { hash, bounds };
}

function flatten(condition: BoundCondition): readonly BoundCondition[] {
  if (condition.kind === 'or' || condition.kind === 'not') {
    throw invalid(`Invalid operator used in KeyConditionExpression: ${condition.kind.toUpperCase()}`);
  }
  return condition.kind === 'and' ? condition.terms.flatMap(flatten) : [condition];
}

function readTerm(term: BoundCondition): KeyTerm {
  if (term.kind === 'compare') {
    if (term.comparator === '<>') throw invalid('Invalid operator used in KeyConditionExpression: <>');
    return term.left.kind === 'path'
      ? keyTerm(term.left, term.comparator, [term.right])
      : keyTerm(term.right, MIRRORED[term.comparator], [term.left]);
  }
  if (term.kind === 'between') return keyTerm(term.operand, 'BETWEEN', [term.low, term.high]);
  if (term.kind === 'call' && term.name === 'begins_with') {
    const [attribute, ...values] = term.args;
    if (attribute === undefined || values.length !== 1) {
      throw invalid(
        `Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: ${term.args.length}`,
      );
    }
    return keyTerm(attribute, 'begins_with', values);
  }
  if (term.kind === 'in') throw invalid('Invalid operator used in KeyConditionExpression: IN');
  throw invalid(
    term.kind === 'call' && KNOWN_FUNCTIONS.has(term.name)
      ? `Invalid operator used in KeyConditionExpression: ${term.name}`
      : `Invalid function name; function: ${term.kind === 'call' ? term.name : term.kind}`,
  );
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
const KNOWN_FUNCTIONS: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'contains',
  'size',
]);

function keyTerm(attribute: BoundOperand, comparator: Comparator, operands: readonly BoundOperand[]): KeyTerm {
  if (attribute.kind !== 'path') {
    throw invalid('Invalid condition in KeyConditionExpression: No key attribute specified');
  }
  if (attribute.parts.length > 1) throw invalid('KeyConditionExpressions cannot have conditions on nested attributes');
  const values = operands.filter((operand): operand is Bound => operand.kind === 'value').map(({ value }) => value);
  if (values.length < operands.length) {
    throw invalid('Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition');
  }
  return { attribute: String(attribute.parts[0]), comparator, values };
}

function bytesOf({ comparator, values }: KeyTerm, { name, type }: KeyAttribute): readonly Buffer[] {
  if (comparator === 'begins_with' && type === 'N') {
    throw invalid(
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    );
  }
  return values.map((value) => {
    if (typeOf(value) !== type) {
      throw validationError(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      );
    }
    const bytes = keyBytes(value);
    if (bytes.length > 0) return bytes;
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. Key: ${name}`,
    );
  });
}

function boundsOf(comparator: Comparator, [first, second]: readonly Buffer[]): RangeBounds {
  const bytes = first as Buffer;
  switch (comparator) {
    case '=':
      return { lower: { bytes, inclusive: true }, upper: { bytes, inclusive: true } };
    case '<':
    case '<=':
      return { upper: { bytes, inclusive: comparator === '<=' } };
    case '>':
    case '>=':
      return { lower: { bytes, inclusive: comparator === '>=' } };
    case 'begins_with': {
      const end = bytesAfterPrefix(bytes);
      return { lower: { bytes, inclusive: true }, ...(end && { upper: { bytes: end, inclusive: false } }) };
    }
    case 'BETWEEN': {
      const high = second as Buffer;
      if (Buffer.compare(bytes, high) > 0) {
        throw invalid('The BETWEEN operator requires upper bound to be greater than or equal to lower bound');
      }
      return { lower: { bytes, inclusive: true }, upper: { bytes: high, inclusive: true } };
    }
  }
}

const invalid = (problem: string) => validationError(`Invalid KeyConditionExpression: ${problem}`);
