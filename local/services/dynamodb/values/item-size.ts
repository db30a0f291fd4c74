import { type AttributeValue, type Item, setElements } from './attribute-value.ts';

export const MAX_ITEM_BYTES = 400 * 1024;

const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

/** Size as DynamoDB counts it for limits, pages and capacity: names and values in UTF-8, a number by its significant digits. */
export function itemBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name] as AttributeValue);
  return bytes;
}

export function valueBytes(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberBytes(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('L' in value) return value.L.reduce((sum, element) => sum + valueBytes(element) + ELEMENT_BYTES, CONTAINER_BYTES);
  if ('M' in value) return CONTAINER_BYTES + itemBytes(value.M) + ELEMENT_BYTES * Object.keys(value.M).length;
  return setBytes(value) ?? 1;
}

function setBytes(value: AttributeValue): number | undefined {
  if ('NS' in value) return value.NS.reduce((sum, number) => sum + numberBytes(number), 0);
  if ('BS' in value) return value.BS.reduce((sum, bytes) => sum + Buffer.byteLength(bytes, 'base64'), 0);
  return setElements(value)?.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function numberBytes(number: string): number {
  const digits = number.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (number.startsWith('-') ? 1 : 0);
}
