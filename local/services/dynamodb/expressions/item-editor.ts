import { validationError } from '../protocol/errors.ts';
import { type AttributeValue, attributeOf, emptyItem, type Item } from '../values/attribute-value.ts';
import type { Path } from './syntax.ts';

type MutableMap = Record<string, AttributeValue>;
/** A removed element leaves a hole, so that every other index keeps its meaning until the end. */
type MutableList = (AttributeValue | undefined)[];

/** Edits a copy of an item; the original and what is not on an edited path stay shared. Indexes mean the original positions throughout. */
export interface ItemEditor {
  set(path: Path, value: AttributeValue): void;
  remove(path: Path): void;
  finish(): Item;
}

export function createItemEditor(original: Item): ItemEditor {
  const root: MutableMap = Object.assign(emptyItem(), original);
  const maps = new Map<Item, MutableMap>();
  const lists = new Map<readonly AttributeValue[], MutableList>();
  const appended = new Map<MutableList, { readonly index: number; readonly value: AttributeValue }[]>();

  // The copy keeps its identity in `maps` or `lists`, so that a second path through it finds it again.
  const openMap = (value: AttributeValue | undefined): MutableMap | undefined => {
    if (value === undefined || !('M' in value)) return undefined;
    const copy = maps.get(value.M) ?? Object.assign(emptyItem(), value.M);
    maps.set(copy, copy);
    return copy;
  };
  const openList = (value: AttributeValue | undefined): MutableList | undefined => {
    if (value === undefined || !('L' in value)) return undefined;
    const copy = lists.get(value.L) ?? [...value.L];
    lists.set(copy as readonly AttributeValue[], copy);
    return copy;
  };

  /** Walks to the container of the path's last part, copying each container on the way. */
  function containerOf({ parts }: Path): MutableMap | MutableList {
    let container: MutableMap | MutableList = root;
    parts.slice(0, -1).forEach((part, index) => {
      const value = read(container, part);
      const next = typeof parts[index + 1] === 'number' ? openList(value) : openMap(value);
      if (next === undefined) throw invalidPath();
      write(container, part, Array.isArray(next) ? { L: next as AttributeValue[] } : { M: next });
      container = next;
    });
    return container;
  }

  return {
    set(path, value) {
      const container = containerOf(path);
      const last = path.parts.at(-1) as string | number;
      if (typeof last === 'number' && Array.isArray(container) && last >= container.length) {
        appended.set(container, [...(appended.get(container) ?? []), { index: last, value }]);
      } else {
        write(container, last, value);
      }
    },
    remove(path) {
      const container = containerOf(path);
      const last = path.parts.at(-1) as string | number;
      if (Array.isArray(container)) {
        if (typeof last === 'number' && last < container.length) container[last] = undefined;
      } else {
        delete container[last];
      }
    },
    finish() {
      for (const list of new Set(lists.values())) {
        const added = (appended.get(list) ?? []).sort((one, two) => one.index - two.index);
        const elements = [...list.filter((element) => element !== undefined), ...added.map(({ value }) => value)];
        list.length = 0;
        // One by one: spread over a call, a long list would exceed the number of arguments.
        for (const element of elements) list.push(element);
      }
      return root;
    },
  };
}

function read(container: MutableMap | MutableList, part: string | number): AttributeValue | undefined {
  if (Array.isArray(container)) return typeof part === 'number' ? container[part] : undefined;
  return typeof part === 'string' ? attributeOf(container, part) : undefined;
}

function write(container: MutableMap | MutableList, part: string | number, value: AttributeValue): void {
  if (Array.isArray(container)) container[part as number] = value;
  else container[part] = value;
}

const invalidPath = () => validationError('The document path provided in the update expression is invalid for update');
