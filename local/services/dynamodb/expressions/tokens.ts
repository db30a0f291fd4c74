import { validationError } from '../protocol/errors.ts';

export interface Token {
  /** `word` is a bare name or keyword, `alias` a `#name`, `reference` a `:value`. */
  readonly kind: 'word' | 'alias' | 'reference' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly start: number;
}

/** Reads one expression token by token; every failure is worded as AWS words it. */
export interface TokenReader {
  peek(ahead?: number): Token;
  next(): Token;
  /** Consumes the symbol when it comes next. */
  accept(symbol: string): boolean;
  expect(symbol: string): void;
  /** Consumes the keyword, in any case, when it comes next. */
  acceptKeyword(keyword: string): boolean;
  syntaxError(): Error;
}

const MAX_EXPRESSION_BYTES = 4096;
const TOKEN = /\s*(?:([A-Za-z]\w*)|(#\w+)|(:\w+)|(\d+)|(<>|<=|>=|[=<>()[\],.+-])|(\S))/y;
const KINDS = ['word', 'alias', 'reference', 'number', 'symbol'] as const;

export function createTokenReader(text: string): TokenReader {
  const tokens = tokenize(text);
  let position = 0;
  const at = (index: number) => tokens[Math.min(index, tokens.length - 1)] as Token;
  const reader: TokenReader = {
    peek: (ahead = 0) => at(position + ahead),
    next: () => at(position++),
    accept(symbol) {
      const found = reader.peek().kind === 'symbol' && reader.peek().text === symbol;
      if (found) position++;
      return found;
    },
    expect(symbol) {
      if (!reader.accept(symbol)) throw reader.syntaxError();
    },
    acceptKeyword(keyword) {
      const found = reader.peek().kind === 'word' && reader.peek().text.toUpperCase() === keyword;
      if (found) position++;
      return found;
    },
    syntaxError: () => syntaxError(text, [at(Math.max(0, position - 1)), at(position), at(position + 1)]),
  };
  return reader;
}

function tokenize(text: string): readonly Token[] {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EXPRESSION_BYTES) {
    throw validationError(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
  }
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  for (let match = scanner.exec(text); match !== null; match = scanner.exec(text)) {
    const group = match.findIndex((part, index) => index > 0 && part !== undefined);
    const word = match[group] as string;
    const token: Token = { kind: KINDS[group - 1] ?? 'symbol', text: word, start: scanner.lastIndex - word.length };
    if (group > KINDS.length) throw syntaxError(text, [tokens.at(-1) ?? token, token, token]);
    tokens.push(token);
  }
  if (tokens.length === 0) throw validationError('The expression can not be empty;');
  tokens.push({ kind: 'end', text: '<EOF>', start: text.length });
  return tokens;
}

function syntaxError(text: string, [previous, token, following]: readonly [Token, Token, Token]): Error {
  const end = following.kind === 'end' ? text.length : following.start + following.text.length;
  return validationError(`Syntax error; token: "${token.text}", near: "${text.slice(previous.start, end).trim()}"`);
}
