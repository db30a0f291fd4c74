import { type AttributeValue, attributeOf, type Item, setElements, typeOf } from './attribute-value.ts';
import { compareDecimals, parseDecimal } from './decimal.ts';

/** Equality as DynamoDB has it: types must agree, sets know no order. Numbers are canonical, so their text decides. */
export function valuesEqual(left: AttributeValue, right: AttributeValue): boolean {
  const type = typeOf(left);
  if (type !== typeOf(right)) return false;
  if ('L' in left && 'L' in right) {
    return left.L.length === right.L.length && left.L.every((value, index) => valuesEqual(value, right.L[index]!));
  }
  if ('M' in left && 'M' in right) return mapsEqual(left.M, right.M);
  const elements = setElements(left);
  if (elements !== undefined) return setsEqual(elements, setElements(right) ?? []);
  return (left as Record<string, unknown>)[type] === (right as Record<string, unknown>)[type];
}

/** Negative, zero or positive for two strings, numbers or binaries; undefined for anything that has no order. */
export function compareScalars(left: AttributeValue, right: AttributeValue): number | undefined {
  if ('S' in left && 'S' in right)
    return left.S === right.S ? 0 : Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if ('N' in left && 'N' in right) return compareDecimals(parseDecimal(left.N), parseDecimal(right.N));
  if ('B' in left && 'B' in right) return Buffer.compare(Buffer.from(left.B, 'base64'), Buffer.from(right.B, 'base64'));
  return undefined;
}

function mapsEqual(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => {
    const other = attributeOf(right, name);
    return other !== undefined && valuesEqual(left[name] as AttributeValue, other);
  });
}

function setsEqual(left: readonly string[], right: readonly string[]): boolean {
  const elements = new Set(left);
  return left.length === right.length && right.every((element) => elements.has(element));
}
