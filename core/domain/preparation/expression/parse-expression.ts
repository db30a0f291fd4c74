import { invalidExpression } from '../preparation-errors.ts';

export const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** How many arguments each function takes. */
const FUNCTIONS = {
  min: [2, 8],
  max: [2, 8],
  abs: [1, 1],
  log: [1, 1],
  exp: [1, 1],
  sqrt: [1, 1],
  if: [3, 3],
  missing: [1, 1],
  hour: [1, 1],
  weekday: [1, 1],
} as const;
export type FunctionName = keyof typeof FUNCTIONS;

interface At {
  /** Where it begins, counted from 0: for messages. */
  readonly at: number;
}
export type Expression = At &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'column'; readonly name: string }
    | { readonly kind: 'negate'; readonly of: Expression }
    | {
        readonly kind: 'arithmetic';
        readonly operator: '+' | '-' | '*' | '/';
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'comparison';
        readonly operator: Comparison;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'call'; readonly name: FunctionName; readonly arguments: readonly Expression[] }
  );

type Token = At & { readonly kind: 'number' | 'text' | 'name' | 'column' | 'sign' | 'end'; readonly text: string };

// Deeper nesting is no formula that a person wrote, and would end on the stack.
const DEEPEST = 64;
const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|'((?:[^']|'')*)'|`([^`]+)`|([A-Za-z_]\w*)|(==|!=|<=|>=|[-+*/<>(),]))/y;

/**
 * Reads an expression over columns: `+ - * /`, one comparison, `min max abs log exp sqrt if missing hour weekday`, numbers, texts in
 * single quotes (a quote in them doubled), columns by name or, where the name is no word, in backticks.
 *
 * Comparisons give 1 or 0. What is missing makes any arithmetic missing; a comparison with it is 0, but for `!=`.
 *
 * @throws `preparation.expression_invalid` with the position
 */
export function parseExpression(source: string): Expression {
  const tokens = tokensOf(source);
  let next = 0;
  let depth = 0;
  const peek = () => tokens[next] as Token;
  const fail = (problem: string): never => {
    throw invalidExpression(source, peek().at, problem);
  };
  const isSign = (...signs: readonly string[]) => peek().kind === 'sign' && signs.includes(peek().text);
  const take = () => tokens[next++] as Token;
  const expect = (sign: string): void => {
    if (!isSign(sign)) fail(`${JSON.stringify(sign)} is missing`);
    next += 1;
  };
  const comparison = (): Expression => {
    depth += 1;
    if (depth > DEEPEST) fail(`it is nested more than ${DEEPEST} deep`);
    const left = sum();
    depth -= 1;
    if (!isSign(...COMPARISONS)) return left;
    const operator = take().text as Comparison;
    const right = sum();
    if (isSign(...COMPARISONS)) fail('only two values can be compared; use parentheses');
    return { kind: 'comparison', operator, left, right, at: left.at };
  };
  const chain = (signs: readonly string[], operand: () => Expression) => (): Expression => {
    let left = operand();
    while (isSign(...signs)) {
      const operator = take().text as '+';
      left = { kind: 'arithmetic', operator, left, right: operand(), at: left.at };
    }
    return left;
  };
  const unary = (): Expression => {
    let negations = 0;
    const { at } = peek();
    for (; isSign('-'); next += 1) negations += 1;
    const of = primary();
    return negations % 2 === 0 ? of : { kind: 'negate', of, at };
  };
  const sum = chain(['+', '-'], chain(['*', '/'], unary));
  const primary = (): Expression => {
    const { kind, text, at } = peek();
    if (isSign('(')) {
      next += 1;
      const inner = comparison();
      expect(')');
      return inner;
    }
    if (kind === 'end' || kind === 'sign') return fail('a value is missing');
    next += 1;
    if (kind === 'number') return { kind, value: Math.fround(Number(text)), at };
    if (kind === 'text') return { kind, value: text, at };
    if (kind === 'name' && isSign('(')) return call(text, at);
    return { kind: 'column', name: text, at };
  };
  const call = (name: string, at: number): Expression => {
    if (!Object.hasOwn(FUNCTIONS, name)) {
      throw invalidExpression(
        source,
        at,
        `there is no function ${name}; there are ${Object.keys(FUNCTIONS).join(', ')}`,
      );
    }
    const values: Expression[] = [];
    do {
      next += 1;
      values.push(comparison());
    } while (isSign(','));
    expect(')');
    const [least, most] = FUNCTIONS[name as FunctionName];
    if (values.length < least || values.length > most) {
      throw invalidExpression(
        source,
        at,
        `${name} takes ${least === most ? least : `${least} to ${most}`} values, not ${values.length}`,
      );
    }
    return { kind: 'call', name: name as FunctionName, arguments: values, at };
  };
  const whole = comparison();
  if (peek().kind !== 'end') fail('it should have ended here');
  return whole;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  const end = source.trimEnd().length;
  let at = 0;
  while (at < end) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(source);
    if (!found) {
      const place = at + (source.slice(at).length - source.slice(at).trimStart().length);
      throw invalidExpression(source, place, `${JSON.stringify(source[place])} means nothing here`);
    }
    const [all, number, text, column, name, sign] = found;
    const place = at + (all.length - all.trimStart().length);
    at += all.length;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at: place });
    else if (text !== undefined) tokens.push({ kind: 'text', text: text.replaceAll("''", "'"), at: place });
    else if (column !== undefined) tokens.push({ kind: 'column', text: column, at: place });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at: place });
    else tokens.push({ kind: 'sign', text: sign as string, at: place });
  }
  return [...tokens, { kind: 'end', text: '', at: end }];
}
