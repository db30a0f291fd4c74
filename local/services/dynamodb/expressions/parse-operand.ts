import { validationError } from '../protocol/errors.ts';
import { parsePath } from './parse-path.ts';
import type { Call, Operand, Reference } from './syntax.ts';
import type { TokenReader } from './tokens.ts';

// Deeper calls name no function that exists; without a bound, 4096 bytes of them would exhaust the stack.
const MAX_CALL_DEPTH = 32;

/** A path, a `:value` or a function call, whose arguments are operands again. */
export function parseOperand(reader: TokenReader, depth = 0): Operand<Reference> {
  if (reader.peek().kind === 'reference') return { kind: 'reference', token: reader.next().text };
  if (reader.peek().kind === 'word' && reader.peek(1).text === '(') return parseCall(reader, depth);
  return parsePath(reader);
}

function parseCall(reader: TokenReader, depth: number): Call<Reference> {
  const name = reader.next().text;
  if (depth > MAX_CALL_DEPTH) throw validationError(`Invalid function name; function: ${name}`);
  reader.expect('(');
  const args = parseList(reader, () => parseOperand(reader, depth + 1));
  reader.expect(')');
  return { kind: 'call', name, args };
}

/** One or more, separated by commas. */
export function parseList<T>(reader: TokenReader, parse: () => T): readonly T[] {
  const elements = [parse()];
  while (reader.accept(',')) elements.push(parse());
  return elements;
}
