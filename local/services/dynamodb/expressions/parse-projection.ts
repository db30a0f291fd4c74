import { parseList } from './parse-operand.ts';
import { parsePath } from './parse-path.ts';
import type { Path } from './syntax.ts';
import { createTokenReader } from './tokens.ts';

export function parseProjection(text: string): readonly Path[] {
  const reader = createTokenReader(text);
  const paths = parseList(reader, () => parsePath(reader));
  if (reader.peek().kind !== 'end') throw reader.syntaxError();
  return paths;
}
