import { DynamoDbError, validationError } from '../protocol/errors.ts';
import { type AttributeValue, attributeOf, type Item, typeOf } from '../values/attribute-value.ts';
import { keyBytes } from '../values/key-bytes.ts';
import { type IndexDefinition, type KeyAttribute, type KeySchema, keyAttributes } from './table-definition.ts';

/** A key as it is stored and ordered; the range is empty where the schema has none. */
export interface Key {
  readonly hash: Buffer;
  readonly range: Buffer;
}

const NO_RANGE = Buffer.alloc(0);
const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

/** The key that a request gives by itself: exactly the key's attributes. */
export function readKey(schema: KeySchema, given: Item): Key {
  const attributes = keyAttributes(schema);
  const fits = ({ name, type }: KeyAttribute) => {
    const value = attributeOf(given, name);
    return value !== undefined && typeOf(value) === type;
  };
  if (Object.keys(given).length !== attributes.length || !attributes.every(fits)) {
    throw validationError('The provided key element does not match the schema');
  }
  return keyOf(schema, given);
}

/** The key of a whole item. */
export function readItemKey(schema: KeySchema, item: Item): Key {
  for (const { name, type } of keyAttributes(schema)) {
    const value = attributeOf(item, name);
    if (value === undefined) {
      throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    }
    if (typeOf(value) !== type) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
      );
    }
  }
  return keyOf(schema, item);
}

/** The item's key in an index; undefined where an attribute is missing, for an index is sparse. */
export function indexKeyOf({ name: index, key }: IndexDefinition, item: Item): Key | undefined {
  for (const { name, type } of keyAttributes(key)) {
    const value = attributeOf(item, name);
    if (value === undefined) return undefined;
    if (typeOf(value) !== type) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index}`,
      );
    }
  }
  return keyOf(key, item, index);
}

/** As `indexKeyOf`, and undefined too for an item from before the index, which the index could not hold. */
export function findIndexKey(index: IndexDefinition, item: Item): Key | undefined {
  try {
    return indexKeyOf(index, item);
  } catch (error) {
    if (error instanceof DynamoDbError) return undefined;
    throw error;
  }
}

function keyOf({ hash, range }: KeySchema, item: Item, index?: string): Key {
  const bytes = {
    hash: bytesOf(hash, item, index),
    range: range === undefined ? NO_RANGE : bytesOf(range, item, index),
  };
  if (bytes.hash.length > MAX_HASH_BYTES) {
    throw tooLong(`Size of hashkey has exceeded the maximum size limit of ${MAX_HASH_BYTES} bytes`);
  }
  if (bytes.range.length > MAX_RANGE_BYTES) {
    throw tooLong(`Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE_BYTES} bytes`);
  }
  return bytes;
}

function bytesOf({ name }: KeyAttribute, item: Item, index: string | undefined): Buffer {
  const value = item[name] as AttributeValue;
  const bytes = keyBytes(value);
  if (bytes.length > 0) return bytes;
  const kind = 'S' in value ? 'string' : 'binary';
  throw validationError(
    index === undefined
      ? `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`
      : `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${kind} value. IndexName: ${index}, IndexKey: ${name}`,
  );
}

const tooLong = (problem: string) => validationError(`One or more parameter values were invalid: ${problem}`);
