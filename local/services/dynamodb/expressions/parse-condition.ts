import { validationError } from '../protocol/errors.ts';
import { parseList, parseOperand } from './parse-operand.ts';
import type { Comparator, Condition, Operand, ParsedCondition, Reference } from './syntax.ts';
import { createTokenReader, type TokenReader } from './tokens.ts';

type Node = Condition<Reference> | Operand<Reference>;

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const MAX_OPERATORS = 300;

/** OR binds weakest, then AND, then NOT, then comparisons; parentheses may enclose a condition or an operand. */
export function parseCondition(text: string): ParsedCondition {
  const reader = createTokenReader(text);
  const condition = asCondition(reader, createParser(reader).parseOr());
  if (reader.peek().kind !== 'end') throw reader.syntaxError();
  return condition;
}

function createParser(reader: TokenReader): { parseOr(): Node } {
  const enclosed = new WeakSet<Node>();
  let operators = 0;
  let depth = 0;

  const countOperator = () => {
    operators++;
    if (operators > MAX_OPERATORS) {
      throw validationError(`The expression contains too many operators; operator count: ${operators}`);
    }
  };

  function parseJunction(kind: 'and' | 'or', parseTerm: () => Node): Node {
    const first = parseTerm();
    const terms = [first];
    while (reader.acceptKeyword(kind.toUpperCase())) {
      countOperator();
      terms.push(parseTerm());
    }
    return terms.length === 1 ? first : { kind, terms: terms.map((term) => asCondition(reader, term)) };
  }

  const parseOr = () => parseJunction('or', parseAnd);
  const parseAnd = () => parseJunction('and', parseNot);

  function parseNot(): Node {
    if (!reader.acceptKeyword('NOT')) return parseComparison();
    countOperator();
    return { kind: 'not', term: asCondition(reader, parseNot()) };
  }

  function parseComparison(): Node {
    const left = reader.accept('(') ? parseEnclosed() : parseOperand(reader);
    const { kind, text } = reader.peek();
    if (kind === 'symbol' && COMPARATORS.has(text)) {
      countOperator();
      reader.next();
      return {
        kind: 'compare',
        comparator: text as Comparator,
        left: asOperand(reader, left),
        right: parseRightOperand(),
      };
    }
    if (reader.acceptKeyword('BETWEEN')) return parseBetween(asOperand(reader, left));
    return reader.acceptKeyword('IN') ? parseIn(asOperand(reader, left)) : left;
  }

  function parseEnclosed(): Node {
    depth++;
    // More levels than operators can only be redundant ones; refused before they exhaust the stack.
    if (depth > MAX_OPERATORS + 1) throw redundantParentheses();
    const inner = parseOr();
    reader.expect(')');
    depth--;
    if (enclosed.has(inner)) throw redundantParentheses();
    enclosed.add(inner);
    return inner;
  }

  const parseRightOperand = () => (reader.accept('(') ? asOperand(reader, parseEnclosed()) : parseOperand(reader));

  function parseBetween(operand: Operand<Reference>): Node {
    countOperator();
    const low = parseRightOperand();
    if (!reader.acceptKeyword('AND')) throw reader.syntaxError();
    return { kind: 'between', operand, low, high: parseRightOperand() };
  }

  function parseIn(operand: Operand<Reference>): Node {
    countOperator();
    reader.expect('(');
    const candidates = parseList(reader, () => parseOperand(reader));
    reader.expect(')');
    return { kind: 'in', operand, candidates };
  }

  return { parseOr };
}

function asCondition(reader: TokenReader, node: Node): Condition<Reference> {
  if (node.kind === 'path' || node.kind === 'reference') throw reader.syntaxError();
  return node;
}

function asOperand(reader: TokenReader, node: Node): Operand<Reference> {
  if (node.kind === 'path' || node.kind === 'reference' || node.kind === 'call') return node;
  throw reader.syntaxError();
}

const redundantParentheses = () => validationError('The expression has redundant parentheses;');
