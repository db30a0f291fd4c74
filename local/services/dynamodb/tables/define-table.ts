import {
  type IndexDefinition,
  type KeyAttribute,
  type KeySchema,
  keyAttributes,
  type TableDefinition,
} from './table-definition.ts';
import { readTableProperties, type UsedProperties } from './table-properties.ts';
import { TablePropertiesError } from './table-properties-error.ts';

type KeyElements = UsedProperties['KeySchema'];
type IndexProperties = UsedProperties['LocalSecondaryIndexes'][number];

/** Turns a table's resolved CloudFormation properties into its definition. @throws TablePropertiesError naming the table and what is wrong */
export function defineTable(name: string, properties: Readonly<Record<string, unknown>>): TableDefinition {
  const fail = (problem: string) => new TablePropertiesError(name, problem);
  const used = readTableProperties(name, properties);
  const types = new Map(
    used.AttributeDefinitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]),
  );

  const attribute = (elements: KeyElements, keyType: 'HASH' | 'RANGE'): KeyAttribute | undefined => {
    const element = elements.find(({ KeyType }) => KeyType === keyType);
    if (element === undefined) return undefined;
    const type = types.get(element.AttributeName);
    if (type === undefined) throw fail(`key attribute '${element.AttributeName}' is missing in AttributeDefinitions`);
    return { name: element.AttributeName, type };
  };
  const keyOf = (elements: KeyElements): KeySchema => {
    const hash = attribute(elements, 'HASH');
    const range = attribute(elements, 'RANGE');
    if (hash === undefined || elements[0]?.KeyType !== 'HASH' || (elements.length === 2 && range === undefined)) {
      throw fail('a KeySchema is one HASH attribute, followed by at most one RANGE attribute');
    }
    return { hash, range };
  };
  const indexOf =
    (scope: IndexDefinition['scope']) =>
    (index: IndexProperties): IndexDefinition => ({
      name: index.IndexName,
      scope,
      key: keyOf(index.KeySchema),
      projection: { type: index.Projection.ProjectionType, attributes: index.Projection.NonKeyAttributes },
    });

  const definition: TableDefinition = {
    name,
    key: keyOf(used.KeySchema),
    indexes: [
      ...used.GlobalSecondaryIndexes.map(indexOf('global')),
      ...used.LocalSecondaryIndexes.map(indexOf('local')),
    ],
    ttlAttribute: used.TimeToLiveSpecification?.Enabled ? used.TimeToLiveSpecification.AttributeName : undefined,
    isDeletionProtected: used.DeletionProtectionEnabled,
  };
  const problem = findProblem(definition, [...types.keys()]);
  if (problem !== undefined) throw fail(problem);
  return definition;
}

function findProblem({ key, indexes }: TableDefinition, declared: readonly string[]): string | undefined {
  const names = indexes.map(({ name }) => name);
  if (new Set(names).size < names.length) return `index names must differ, got ${names.join(', ')}`;
  const used = new Set([key, ...indexes.map((index) => index.key)].flatMap(keyAttributes).map(({ name }) => name));
  const unused = declared.filter((name) => !used.has(name));
  if (unused.length > 0) return `AttributeDefinitions may name key attributes only; no key uses ${unused.join(', ')}`;
  for (const index of indexes.filter(({ scope }) => scope === 'local')) {
    if (index.key.hash.name !== key.hash.name || index.key.range === undefined) {
      return `local index '${index.name}' needs the table's hash key '${key.hash.name}' and a range key of its own`;
    }
  }
  for (const { name, projection } of indexes) {
    if ((projection.type === 'INCLUDE') !== projection.attributes.length > 0) {
      return `index '${name}': NonKeyAttributes belong to the projection INCLUDE, and to it only`;
    }
  }
  return undefined;
}
