export type KeyType = 'S' | 'N' | 'B';

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

export interface KeySchema {
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | undefined;
}

export interface IndexDefinition {
  readonly name: string;
  readonly scope: 'global' | 'local';
  readonly key: KeySchema;
  readonly projection: { readonly type: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; readonly attributes: readonly string[] };
}

/** What the local service keeps of a table's CloudFormation properties. */
export interface TableDefinition {
  readonly name: string;
  readonly key: KeySchema;
  readonly indexes: readonly IndexDefinition[];
  readonly ttlAttribute: string | undefined;
  readonly isDeletionProtected: boolean;
}

export function keyAttributes({ hash, range }: KeySchema): readonly KeyAttribute[] {
  return range === undefined ? [hash] : [hash, range];
}

export function isSameKey(one: KeySchema, two: KeySchema): boolean {
  return describeKey(one) === describeKey(two);
}

export function describeKey(key: KeySchema): string {
  return keyAttributes(key)
    .map(({ name, type }) => `${name}:${type}`)
    .join(', ');
}
