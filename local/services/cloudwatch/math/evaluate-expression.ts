import type { Expression } from './expression.ts';
import { FUNCTIONS, LINEAR, REPEAT, type Surroundings } from './functions.ts';
import { type Band, finite, isBand, isSeries, type MathValue, mapSeries, type Series } from './series.ts';

export interface EvaluationScope extends Surroundings {
  /** What an id stands for. @throws ValidationError for one that is not there */
  value(id: string): MathValue;
  /** The band of what is expected of a metric. */
  band(id: string, deviations: number): Band;
}

/** Metric math: a value at each moment where all that it depends on has one. @throws ValidationError for what is not available here */
export function evaluateExpression(expression: Expression, scope: EvaluationScope): MathValue {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      return scope.fail(`the text "${expression.value}" is not expected here`);
    case 'id':
      return scope.value(expression.id);
    case 'list':
      return expression.items.flatMap((item) => listItems(evaluateExpression(item, scope), scope));
    case 'negative':
      return mapValue(evaluateExpression(expression.of, scope), (value) => -value);
    case 'binary':
      return combine(expression, scope);
    case 'call':
      return call(expression, scope);
  }
}

function listItems(value: MathValue, { timeline, fail }: EvaluationScope): readonly Series[] {
  if (typeof value === 'number') return [new Map(timeline.map((atMs) => [atMs, value]))];
  if (isBand(value)) return fail('a band cannot be calculated with');
  return isSeries(value) ? [value] : value;
}

function call({ name, parameters }: Extract<Expression, { kind: 'call' }>, scope: EvaluationScope): MathValue {
  if (name === 'METRICS') return metrics(parameters, scope);
  if (name === 'ANOMALY_DETECTION_BAND') {
    const [metric, width = { kind: 'number', value: 2 } as const] = parameters;
    if (metric?.kind !== 'id' || width.kind !== 'number') {
      return scope.fail('ANOMALY_DETECTION_BAND takes the id of a metric and a number of standard deviations');
    }
    return scope.band(metric.id, width.value);
  }
  const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (run === undefined) {
    const known = ['ANOMALY_DETECTION_BAND', 'METRICS', ...Object.keys(FUNCTIONS)].join(', ');
    return scope.fail(`the function ${name} is not available on the local platform, which has ${known}`);
  }
  const values = parameters.map((parameter) => {
    if (parameter.kind === 'id' && parameter.id === 'REPEAT') return REPEAT;
    if (parameter.kind === 'id' && parameter.id === 'LINEAR') return LINEAR;
    return evaluateExpression(parameter, scope);
  });
  return run(values, scope);
}

function metrics(parameters: readonly Expression[], scope: EvaluationScope): readonly Series[] {
  const [filter] = parameters;
  const all = [...scope.metrics()];
  if (filter === undefined) return all.map(([, series]) => series);
  if (filter.kind !== 'text') return scope.fail('METRICS takes a text');
  return all.filter(([id]) => id.includes(filter.value)).map(([, series]) => series);
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};

function combine(expression: Extract<Expression, { kind: 'binary' }>, scope: EvaluationScope): MathValue {
  const left = evaluateExpression(expression.left, scope);
  const right = evaluateExpression(expression.right, scope);
  const operator = OPERATORS[expression.operator] ?? scope.fail(`unknown operator ${expression.operator}`);
  if (isBand(left) || isBand(right)) return scope.fail('a band cannot be calculated with');
  if (typeof left === 'number') return mapValue(right, (value) => operator(left, value));
  if (typeof right === 'number') return mapValue(left, (value) => operator(value, right));
  return combineLists(left, right, { operator, fail: scope.fail });
}

function combineLists(
  left: Series | readonly Series[],
  right: Series | readonly Series[],
  { operator, fail }: { operator: (left: number, right: number) => number; fail: (reason: string) => never },
): MathValue {
  if (isSeries(left) && isSeries(right)) return combineSeries(left, right, operator);
  if (isSeries(left)) return (right as readonly Series[]).map((series) => combineSeries(left, series, operator));
  if (isSeries(right)) return left.map((series) => combineSeries(series, right, operator));
  if (left.length !== right.length) return fail('two lists of metrics must have the same length');
  return left.map((series, index) => combineSeries(series, right[index] ?? new Map(), operator));
}

const combineSeries = (left: Series, right: Series, operator: (left: number, right: number) => number): Series =>
  finite(
    [...left].flatMap(([atMs, value]) => {
      const other = right.get(atMs);
      return other === undefined ? [] : [[atMs, operator(value, other)] as const];
    }),
  );

function mapValue(value: MathValue, change: (value: number) => number): MathValue {
  if (typeof value === 'number') return change(value);
  if (isBand(value)) return { lower: mapSeries(value.lower, change), upper: mapSeries(value.upper, change) };
  return isSeries(value) ? mapSeries(value, change) : value.map((series) => mapSeries(series, change));
}
