import { parseCondition } from './parse-condition.ts';
import { parseProjection } from './parse-projection.ts';
import { parseUpdate } from './parse-update.ts';

/** Parsers that remember what they have parsed: a program sends the same few expressions again and again. */
export interface Parsers {
  readonly condition: typeof parseCondition;
  readonly update: typeof parseUpdate;
  readonly projection: typeof parseProjection;
}

const MAX_CACHED = 500;

export function createParsers(): Parsers {
  return {
    condition: remember(parseCondition),
    update: remember(parseUpdate),
    projection: remember(parseProjection),
  };
}

function remember<T>(parse: (text: string) => T): (text: string) => T {
  const parsed = new Map<string, T>();
  return (text) => {
    const known = parsed.get(text);
    if (known !== undefined) return known;
    const fresh = parse(text);
    if (parsed.size >= MAX_CACHED) parsed.clear();
    parsed.set(text, fresh);
    return fresh;
  };
}
