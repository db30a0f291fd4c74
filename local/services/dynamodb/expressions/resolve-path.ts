import { type AttributeValue, attributeOf, type Item } from '../values/attribute-value.ts';
import type { Path } from './syntax.ts';

/** The value at a path, or undefined where the path leads nowhere. */
export function resolvePath({ parts }: Path, item: Item): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const part of parts) {
    value = value === undefined ? undefined : child(value, part);
  }
  return value;
}

function child(value: AttributeValue, part: string | number): AttributeValue | undefined {
  if (typeof part === 'number') return 'L' in value ? value.L[part] : undefined;
  return 'M' in value ? attributeOf(value.M, part) : undefined;
}
