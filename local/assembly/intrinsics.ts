import { RefusedError } from './refused-error.ts';

/** What intrinsic functions of one template can ask for. */
export interface ResolveScope {
  /** How errors name the place, such as `stack Fraud`. */
  readonly where: string;
  readonly region: string;
  /** Value of a `Ref` to a parameter, pseudo parameter or resource. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, key: string, second: string): unknown;
  importValue(name: string): unknown;
  stackOutput(stackName: string, output: string): unknown;
}

/** What `AWS::NoValue` resolves to: the property or item is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Resolver = (argument: unknown, scope: ResolveScope) => unknown;

/** Resolves every intrinsic function in a template's value. @throws `assembly.intrinsic_unsupported` for one that is not known here */
export function resolveValue(value: unknown, scope: ResolveScope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveValue(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const call = intrinsicCall(value);
  if (call !== undefined) return resolveCall(call.name, call.argument, scope);
  const entries = Object.entries(value).map(([name, item]) => [name, resolveValue(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}

/** Evaluates a condition's expression. */
export function evaluateCondition(expression: unknown, scope: ResolveScope): boolean {
  return resolveValue(expression, scope) === true;
}

/** Logical ids that a value refers to. Of an `Fn::If` only the branch that is taken counts. */
export function referencesOf(value: unknown, scope: ResolveScope): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesOf(item, scope));
  if (typeof value !== 'object' || value === null) return [];
  const { name, argument } = intrinsicCall(value) ?? {};
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt') return [attributePath(argument)[0]];
  if (name === 'Fn::If') {
    const [condition, yes, no] = list(name, argument, scope);
    return referencesOf(scope.condition(String(condition)) ? yes : no, scope);
  }
  if (name === 'Fn::Sub') {
    const [text, variables] = subParts(argument);
    const names = [...text.matchAll(SUB_PLACEHOLDER)].flatMap((match) => match[2] ?? []);
    const own = Object.keys(variables);
    const outer = names.filter((each) => !own.includes(each)).map((each) => each.split('.')[0] ?? '');
    return [...outer, ...referencesOf(variables, scope)];
  }
  return Object.values(value).flatMap((item) => referencesOf(item, scope));
}

function intrinsicCall(value: object): { name: string; argument: unknown } | undefined {
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length !== 1 || name === undefined) return undefined;
  const isCall = name === 'Ref' || name.startsWith('Fn::') || (name === 'Condition' && typeof argument === 'string');
  return isCall ? { name, argument } : undefined;
}

function resolveCall(name: string, argument: unknown, scope: ResolveScope): unknown {
  const resolver = RESOLVERS[name];
  if (resolver !== undefined) return resolver(argument, scope);
  throw new RefusedError(
    'assembly.intrinsic_unsupported',
    `${scope.where}: the intrinsic function ${name} is not available on the local platform; it knows ${Object.keys(RESOLVERS).join(', ')}`,
  );
}

function list(name: string, argument: unknown, scope: ResolveScope): readonly unknown[] {
  if (Array.isArray(argument)) return argument;
  throw new RefusedError(
    'assembly.unreadable',
    `${scope.where}: ${name} needs a list, got ${JSON.stringify(argument)}`,
  );
}

const resolvedList = (name: string, argument: unknown, scope: ResolveScope): readonly unknown[] =>
  list(name, resolveValue(argument, scope), scope);

// The first group is a literal `${!Name}`, the second a variable.
const SUB_PLACEHOLDER = /\$\{(?:(![^}]*)|([^}]+))\}/g;

function subParts(argument: unknown): [string, Record<string, unknown>] {
  if (!Array.isArray(argument)) return [String(argument), {}];
  return [String(argument[0]), (argument[1] ?? {}) as Record<string, unknown>];
}

function attributePath(argument: unknown): [string, string] {
  const [logicalId, ...rest] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.');
  return [logicalId ?? '', rest.join('.')];
}

const RESOLVERS: Readonly<Record<string, Resolver>> = {
  Ref: (argument, scope) => (argument === 'AWS::NoValue' ? NO_VALUE : scope.ref(String(argument))),
  Condition: (argument, scope) => scope.condition(String(argument)),
  'Fn::GetAtt': (argument, scope) => scope.getAtt(...attributePath(resolveValue(argument, scope))),
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = resolvedList('Fn::Join', argument, scope);
    return (parts as unknown[]).map(String).join(String(separator));
  },
  'Fn::Sub': (argument, scope) => {
    const [text, variables] = subParts(argument);
    return text.replace(SUB_PLACEHOLDER, (_whole, literal: string | undefined, name: string | undefined) => {
      if (name === undefined) return `\${${(literal ?? '').slice(1)}}`;
      if (Object.hasOwn(variables, name)) return String(resolveValue(variables[name], scope));
      return String(name.includes('.') ? scope.getAtt(...attributePath(name)) : scope.ref(name));
    });
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = resolvedList('Fn::Select', argument, scope);
    const chosen = (items as unknown[])[Number(index)];
    if (chosen !== undefined) return chosen;
    throw new RefusedError('assembly.unreadable', `${scope.where}: Fn::Select finds no item ${String(index)}`);
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = resolvedList('Fn::Split', argument, scope);
    return String(text).split(String(separator));
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map, key, second] = resolvedList('Fn::FindInMap', argument, scope);
    return scope.mapping(String(map), String(key), String(second));
  },
  'Fn::If': (argument, scope) => {
    const [condition, yes, no] = list('Fn::If', argument, scope);
    return resolveValue(scope.condition(String(condition)) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [one, other] = resolvedList('Fn::Equals', argument, scope);
    return JSON.stringify(one) === JSON.stringify(other);
  },
  'Fn::And': (argument, scope) => resolvedList('Fn::And', argument, scope).every((item) => item === true),
  'Fn::Or': (argument, scope) => resolvedList('Fn::Or', argument, scope).some((item) => item === true),
  'Fn::Not': (argument, scope) => resolvedList('Fn::Not', argument, scope)[0] !== true,
  'Fn::ImportValue': (argument, scope) => scope.importValue(String(resolveValue(argument, scope))),
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName } = resolveValue(argument, scope) as Record<string, unknown>;
    return scope.stackOutput(String(StackName), String(OutputName));
  },
  'Fn::Base64': (argument, scope) => Buffer.from(String(resolveValue(argument, scope))).toString('base64'),
  'Fn::GetAZs': (argument, scope) => {
    const asked = resolveValue(argument, scope);
    const region = asked === '' || asked === undefined ? scope.region : String(asked);
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
};
