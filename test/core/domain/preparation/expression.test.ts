import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../../../../core/domain/preparation/declaration.ts';
import { checkExpression } from '../../../../core/domain/preparation/expression/check-expression.ts';
import { evaluateExpression } from '../../../../core/domain/preparation/expression/evaluate-expression.ts';
import type { Cell } from '../../../../core/domain/preparation/row.ts';

const TYPES = new Map<string, ColumnType>([
  ['x', 'number'],
  ['y', 'number'],
  ['odd name', 'number'],
  ['job', 'text'],
  ['at', 'time'],
]);
const ROW = new Map<string, Cell>([
  ['x', 3],
  ['y', Number.NaN],
  ['odd name', 2],
  ['job', "it's"],
  ['at', Date.parse('1969-12-31T23:30:00Z')],
]);
const value = (source: string) => evaluateExpression(checkExpression(source, TYPES).expression, ROW);

describe('expressions over columns', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['12 / 3 / 2', 2],
    ['-x + --x', 0],
    ['- x * 2', -6],
    ['`odd name` * 2', 4],
    ['min(x, 1, 2)', 1],
    ['max(x, -1)', 3],
    ['abs(-x)', 3],
    ['sqrt(x + 1)', 2],
    ['log(exp(2))', 2],
    ['if(x > 2, 10, 20)', 10],
    ['if(x < 2, 10, 20)', 20],
    ['x == 3', 1],
    ['x != 3', 0],
    ["job == 'it''s'", 1],
    ["job != 'other'", 1],
    ['missing(y) + missing(x)', 1],
    ['(x >= 3) + (x <= 3)', 2],
    ['hour(at)', 23],
    ['weekday(at)', 2],
    ['1e2 + .5', 100.5],
    ['y + 1', Number.NaN],
    ['max(x, y)', Number.NaN],
    ['y > 1', 0],
    ['y != 1', 1],
  ])('%s is %d', (source, expected) => {
    expect(value(source)).toBe(expected);
  });

  it('rounds to float32 after each operation, as the graph does', () => {
    expect(value('0.1 + 0.2')).toBe(Math.fround(Math.fround(0.1) + Math.fround(0.2)));
  });

  it.each([
    ['1 +', 3, 'a value is missing'],
    ['x $ 2', 2, 'means nothing'],
    ['x 2', 2, 'ended here'],
    ['(x', 2, '")" is missing'],
    ['z + 1', 0, 'no column z'],
    ['x + job', 4, 'a number is needed'],
    ['at + 1', 0, 'a number is needed'],
    ['sin(x)', 0, 'no function sin'],
    ['constructor(x)', 0, 'no function constructor'],
    ['abs(x, x)', 0, 'abs takes 1 values, not 2'],
    ['1 < 2 < 3', 6, 'only two values'],
    ["'a' == job", 0, "column == 'text'"],
    ["job < 'a'", 0, "column == 'text'"],
    ['hour(x)', 5, 'takes a time'],
    [`${'('.repeat(100)}x`, 64, 'nested'],
  ])('fails on %s at character %d: %s', (source, position, problem) => {
    expect(() => checkExpression(source, TYPES)).toThrow(
      expect.objectContaining({
        code: 'preparation.expression_invalid',
        details: expect.objectContaining({ position }),
        message: expect.stringContaining(problem),
      }),
    );
  });
});
