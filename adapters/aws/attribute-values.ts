/** DynamoDB's JSON for the kinds of value that registry items hold. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Readonly<Record<string, AttributeValue>> };

/** Keys and conditions: texts alone. */
export const toAttributes = (texts: Readonly<Record<string, string>>): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { S: text }]));

export const fromAttributes = (item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> =>
  // fromEntries defines properties, so that a name `__proto__` is a name like any other.
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, fromAttribute(value)]));

function fromAttribute(value: AttributeValue): unknown {
  if ('S' in value) return value.S;
  if ('N' in value) return Number(value.N);
  if ('B' in value) return Buffer.from(value.B, 'base64');
  if ('BOOL' in value) return value.BOOL;
  if ('L' in value) return value.L.map(fromAttribute);
  if ('M' in value) return fromAttributes(value.M);
  if ('NULL' in value) return null;
  throw new TypeError(`an attribute of the type ${Object.keys(value).join()} is no part of the registry`);
}
