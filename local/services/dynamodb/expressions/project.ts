import { type AttributeValue, attributeOf, emptyItem, type Item } from '../values/attribute-value.ts';
import type { Path } from './syntax.ts';

/** The wanted parts of one level; `all` where a path ends here. */
type Wanted = 'all' | ReadonlyMap<string | number, Wanted>;

/** The item reduced to the given paths, each in its place; list elements close up. */
export function project(item: Item, paths: readonly Path[]): Item {
  const wanted = asTree(paths.map(({ parts }) => parts));
  return wanted === 'all' ? item : (projectMap(item, wanted) ?? emptyItem());
}

function asTree(paths: readonly (readonly (string | number)[])[]): Wanted {
  const branches = new Map<string | number, (readonly (string | number)[])[]>();
  for (const [part, ...rest] of paths) {
    if (part === undefined) return 'all';
    branches.set(part, [...(branches.get(part) ?? []), rest]);
  }
  return new Map([...branches].map(([part, rest]) => [part, asTree(rest)]));
}

function projectValue(value: AttributeValue, wanted: Wanted): AttributeValue | undefined {
  if (wanted === 'all') return value;
  if ('M' in value) {
    const map = projectMap(value.M, wanted);
    return map && { M: map };
  }
  return 'L' in value ? projectList(value.L, wanted) : undefined;
}

function projectMap(item: Item, wanted: ReadonlyMap<string | number, Wanted>): Item | undefined {
  const projected = emptyItem();
  for (const [name, rest] of wanted) {
    const value = typeof name === 'string' ? attributeOf(item, name) : undefined;
    const part = value && projectValue(value, rest);
    if (part !== undefined) projected[name] = part;
  }
  return Object.keys(projected).length === 0 ? undefined : projected;
}

function projectList(
  list: readonly AttributeValue[],
  wanted: ReadonlyMap<string | number, Wanted>,
): AttributeValue | undefined {
  const indexes = [...wanted.keys()].filter((part) => typeof part === 'number').sort((one, two) => one - two);
  const elements = indexes
    .map((index) => list[index] && projectValue(list[index], wanted.get(index) as Wanted))
    .filter((element) => element !== undefined);
  return elements.length === 0 ? undefined : { L: elements };
}
