import { type AttributeValue, type Item, setElements, typeOf } from '../values/attribute-value.ts';
import { compareScalars, valuesEqual } from '../values/compare-values.ts';
import { resolvePath } from './resolve-path.ts';
import type { Bound, BoundCondition, BoundOperand, Call, Comparator } from './syntax.ts';

/** Whether a checked condition holds for an item; an item that is not there counts as one without attributes. */
export function evaluateCondition(condition: BoundCondition, item: Item): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.terms.every((term) => evaluateCondition(term, item));
    case 'or':
      return condition.terms.some((term) => evaluateCondition(term, item));
    case 'not':
      return !evaluateCondition(condition.term, item);
    case 'compare':
      return compare(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return compare('>=', value, resolve(condition.low, item)) && compare('<=', value, resolve(condition.high, item));
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.candidates.some((candidate) => compare('=', value, resolve(candidate, item)));
    }
    case 'call':
      return callCondition(condition, item);
  }
}

// What is missing equals nothing, differs from everything and has no order.
function compare(comparator: Comparator, left?: AttributeValue, right?: AttributeValue): boolean {
  if (left === undefined || right === undefined) return comparator === '<>';
  if (comparator === '=') return valuesEqual(left, right);
  if (comparator === '<>') return !valuesEqual(left, right);
  const order = compareScalars(left, right);
  return order !== undefined && ORDER[comparator](order);
}

const ORDER: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function resolve(operand: BoundOperand, item: Item): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return resolvePath(operand, item);
  const size = sizeOf(resolve(operand.args[0] as BoundOperand, item));
  return size === undefined ? undefined : { N: String(size) };
}

function callCondition({ name, args }: Call<Bound>, item: Item): boolean {
  const [first, second] = args.map((operand) => resolve(operand, item));
  if (name === 'attribute_exists') return first !== undefined;
  if (name === 'attribute_not_exists') return first === undefined;
  if (first === undefined || second === undefined) return false;
  if (name === 'attribute_type') return 'S' in second && typeOf(first) === second.S;
  return name === 'begins_with' ? beginsWith(first, second) : contains(first, second);
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if ('S' in value && 'S' in prefix) return value.S.startsWith(prefix.S);
  if (!('B' in value && 'B' in prefix)) return false;
  const bytes = Buffer.from(prefix.B, 'base64');
  return Buffer.from(value.B, 'base64').subarray(0, bytes.length).equals(bytes);
}

function contains(value: AttributeValue, sought: AttributeValue): boolean {
  if ('L' in value) return value.L.some((element) => valuesEqual(element, sought));
  if ('S' in value) return 'S' in sought && value.S.includes(sought.S);
  if ('B' in value) return 'B' in sought && Buffer.from(value.B, 'base64').includes(Buffer.from(sought.B, 'base64'));
  const [element] = Object.values(sought) as readonly unknown[];
  const isElement = typeOf(value) === `${typeOf(sought)}S`;
  return isElement && setElements(value)?.includes(element as string) === true;
}

/** Bytes of a string or binary, elements of a container; numbers, booleans and null have no size. */
function sizeOf(value: AttributeValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('L' in value) return value.L.length;
  return 'M' in value ? Object.keys(value.M).length : setElements(value)?.length;
}
