import { validationError } from '../protocol/errors.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import type { Path } from './syntax.ts';
import type { TokenReader } from './tokens.ts';

/** `name`, `#alias`, `name.#alias[0].name` */
export function parsePath(reader: TokenReader): Path {
  const parts: (string | number)[] = [parseName(reader)];
  for (;;) {
    if (reader.accept('.')) parts.push(parseName(reader));
    else if (reader.accept('[')) parts.push(parseIndex(reader));
    else return { kind: 'path', parts };
  }
}

function parseName(reader: TokenReader): string {
  const { kind, text } = reader.peek();
  if (kind !== 'word' && kind !== 'alias') throw reader.syntaxError();
  if (kind === 'word' && RESERVED_WORDS.has(text.toUpperCase())) {
    throw validationError(`Attribute name is a reserved keyword; reserved keyword: ${text}`);
  }
  return reader.next().text;
}

function parseIndex(reader: TokenReader): number {
  if (reader.peek().kind !== 'number') throw reader.syntaxError();
  const index = Number(reader.next().text);
  reader.expect(']');
  return index;
}
