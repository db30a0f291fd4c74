import { validationError } from '../protocol/errors.ts';
import { type AttributeValue, type Item, type SetType, setElements, typeOf } from '../values/attribute-value.ts';
import { addDecimals, formatDecimal, negateDecimal, parseDecimal } from '../values/decimal.ts';
import { createItemEditor } from './item-editor.ts';
import { resolvePath } from './resolve-path.ts';
import type { Arithmetic, Bound, BoundOperand, BoundUpdate, Call } from './syntax.ts';

/** The item after a checked update. Every operand means the item as it was before; the item itself is not changed. */
export function applyUpdate(update: BoundUpdate, item: Item): Item {
  const editor = createItemEditor(item);
  const assignments = update.SET.map(({ path, value }) => ({ path, value: evaluate(value, item) }));
  for (const path of update.REMOVE) editor.remove(path);
  for (const { path, value } of assignments) editor.set(path, value);
  for (const { path, value } of update.ADD) editor.set(path, added(resolvePath(path, item), value.value));
  for (const { path, value } of update.DELETE) {
    const old = resolvePath(path, item);
    if (old === undefined) continue;
    const rest = without(old, value.value);
    if (rest === undefined) editor.remove(path);
    else editor.set(path, rest);
  }
  return editor.finish();
}

/** Whether the update puts anything into an item: one that only takes away does not create an item that is not there. */
export function createsItem({ SET, REMOVE, ADD, DELETE }: BoundUpdate): boolean {
  return SET.length + ADD.length > 0 || REMOVE.length + DELETE.length === 0;
}

function evaluate(value: BoundOperand | Arithmetic<Bound>, item: Item): AttributeValue {
  if (value.kind === 'value') return value.value;
  if (value.kind === 'path') return resolvePath(value, item) ?? missingOperand();
  if (value.kind === 'call') return call(value, item);
  const left = numberOf(evaluate(value.left, item));
  const right = numberOf(evaluate(value.right, item));
  return { N: formatDecimal(addDecimals(left, value.operator === '+' ? right : negateDecimal(right))) };
}

function call({ name, args }: Call<Bound>, item: Item): AttributeValue {
  const [first, second] = args as readonly [BoundOperand, BoundOperand];
  if (name === 'if_not_exists') {
    const existing = first.kind === 'path' ? resolvePath(first, item) : undefined;
    return existing ?? evaluate(second, item);
  }
  return { L: [...listOf(evaluate(first, item)), ...listOf(evaluate(second, item))] };
}

function added(old: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (old === undefined) return value;
  if ('N' in value) return { N: formatDecimal(addDecimals(numberOf(old), parseDecimal(value.N))) };
  return asSet(value, [...new Set([...elementsOf(old, value), ...elementsOf(value, value)])]);
}

function without(old: AttributeValue, value: AttributeValue): AttributeValue | undefined {
  const gone = new Set(elementsOf(value, value));
  const rest = elementsOf(old, value).filter((element) => !gone.has(element));
  return rest.length === 0 ? undefined : asSet(value, rest);
}

const asSet = (like: AttributeValue, elements: readonly string[]) =>
  ({ [typeOf(like) as SetType]: elements }) as unknown as AttributeValue;

function elementsOf(value: AttributeValue, like: AttributeValue): readonly string[] {
  const elements = typeOf(value) === typeOf(like) ? setElements(value) : undefined;
  return elements ?? wrongType();
}

const numberOf = (value: AttributeValue) => ('N' in value ? parseDecimal(value.N) : wrongType());
const listOf = (value: AttributeValue) => ('L' in value ? value.L : wrongType());

function wrongType(): never {
  throw validationError('An operand in the update expression has an incorrect data type');
}

function missingOperand(): never {
  throw validationError('The provided expression refers to an attribute that does not exist in the item');
}
