import type { Expression } from './expression.ts';
import { mathError } from './math-error.ts';

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("[^"]*"|'[^']*')|([A-Za-z_]\w*)|(<=|>=|==|!=|&&|\|\||[-+*/^<>()[\],]))/y;
/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];
const WORDS: Readonly<Record<string, string>> = { AND: '&&', OR: '||' };

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign';
  readonly text: string;
}

/** @throws ValidationError that says where it cannot be read */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let at = 0;
  const fail = (): never => {
    const token = tokens[at];
    throw mathError(text, token === undefined ? 'it ends too early' : `unexpected '${token.text}'`);
  };
  const isNext = (sign: string): boolean => tokens[at]?.kind === 'sign' && tokens[at]?.text === sign;
  const accept = (sign: string): boolean => {
    if (!isNext(sign)) return false;
    at += 1;
    return true;
  };
  const expect = (sign: string): void => {
    if (!accept(sign)) fail();
  };
  const list = (end: string): Expression[] => {
    const items: Expression[] = [];
    if (accept(end)) return items;
    do items.push(binary(0));
    while (accept(','));
    expect(end);
    return items;
  };
  const binary = (level: number): Expression => {
    const operators = LEVELS[level];
    if (operators === undefined) return unary();
    let left = binary(level + 1);
    for (let operator = operators.find(isNext); operator !== undefined; operator = operators.find(isNext)) {
      at += 1;
      left = { kind: 'binary', operator, left, right: binary(level + 1) };
    }
    return left;
  };
  const unary = (): Expression => (accept('-') ? { kind: 'negative', of: unary() } : power());
  const power = (): Expression => {
    const left = primary();
    return accept('^') ? { kind: 'binary', operator: '^', left, right: unary() } : left;
  };
  const primary = (): Expression => {
    if (accept('(')) {
      const inner = binary(0);
      expect(')');
      return inner;
    }
    if (accept('[')) return { kind: 'list', items: list(']') };
    const token = tokens[at] ?? fail();
    at += 1;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'text') return { kind: 'text', value: token.text.slice(1, -1) };
    if (token.kind === 'sign') {
      at -= 1;
      return fail();
    }
    if (accept('(')) return { kind: 'call', name: token.text, parameters: list(')') };
    return { kind: 'id', id: token.text };
  };
  const expression = binary(0);
  if (at < tokens.length) fail();
  return expression;
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw mathError(text, `cannot read '${text.slice(start).trim()}'`);
    const [, number, quoted, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted });
    else if (name !== undefined && WORDS[name] !== undefined) tokens.push({ kind: 'sign', text: WORDS[name] });
    else tokens.push(name === undefined ? { kind: 'sign', text: sign ?? '' } : { kind: 'name', text: name });
  }
  return tokens;
}
