import { validationError } from '../protocol/errors.ts';
import { parseList, parseOperand } from './parse-operand.ts';
import { parsePath } from './parse-path.ts';
import type { Arithmetic, Assignment, Operand, Reference, SetChange, Update } from './syntax.ts';
import { createTokenReader, type TokenReader } from './tokens.ts';

type Clause = keyof Update<Reference>;
const CLAUSES: readonly Clause[] = ['SET', 'REMOVE', 'ADD', 'DELETE'];

export function parseUpdate(text: string): Update<Reference> {
  const reader = createTokenReader(text);
  const clauses: Partial<Record<Clause, readonly unknown[]>> = {};
  while (reader.peek().kind !== 'end') {
    const clause = CLAUSES.find((keyword) => reader.acceptKeyword(keyword));
    if (clause === undefined) throw reader.syntaxError();
    if (clauses[clause] !== undefined) {
      throw validationError(`The "${clause}" section can only be used once in an update expression;`);
    }
    clauses[clause] = parseList(reader, () => ACTIONS[clause](reader));
  }
  return { SET: [], REMOVE: [], ADD: [], DELETE: [], ...clauses } as Update<Reference>;
}

const ACTIONS = {
  SET: parseAssignment,
  REMOVE: parsePath,
  ADD: parseSetChange,
  DELETE: parseSetChange,
} satisfies Record<Clause, (reader: TokenReader) => unknown>;

function parseAssignment(reader: TokenReader): Assignment<Reference> {
  const path = parsePath(reader);
  reader.expect('=');
  return { path, value: parseValue(reader) };
}

function parseSetChange(reader: TokenReader): SetChange<Reference> {
  const path = parsePath(reader);
  if (reader.peek().kind !== 'reference') throw reader.syntaxError();
  return { path, value: { kind: 'reference', token: reader.next().text } };
}

function parseValue(reader: TokenReader): Operand<Reference> | Arithmetic<Reference> {
  const left = parseTerm(reader);
  const operator = reader.accept('+') ? '+' : reader.accept('-') ? '-' : undefined;
  if (operator === undefined) return left;
  const right = parseTerm(reader);
  // DynamoDB adds exactly two operands; parentheses do not nest sums either.
  if (left.kind === 'arithmetic' || right.kind === 'arithmetic') throw reader.syntaxError();
  return { kind: 'arithmetic', operator, left, right };
}

function parseTerm(reader: TokenReader): Operand<Reference> | Arithmetic<Reference> {
  if (!reader.accept('(')) return parseOperand(reader);
  const inner = reader.peek().text === '(' ? undefined : parseValue(reader);
  if (inner === undefined) throw validationError('The expression has redundant parentheses;');
  reader.expect(')');
  return inner;
}
