import { fulfils } from '../language/choice-rule.ts';
import { type Catcher, fieldsOf, type QueryLanguage, type State, type StateOf } from '../language/definition.ts';
import { fillTemplate } from '../language/intrinsic-functions.ts';
import type { Json } from '../language/json.ts';
import { brief, type PathScope, putAtPath, readPath } from '../language/json-path.ts';
import { type ExpressionScope, evaluate } from '../language/jsonata.ts';
import { asStateError, StateError } from '../language/state-error.ts';

/** What a state is entered with. */
export interface Entered {
  readonly state: State;
  readonly language: QueryLanguage;
  readonly input: Json;
  /** The context object: `$$` and `$states.context`. */
  readonly context: Json;
  readonly variables: Readonly<Record<string, Json>>;
}

/** What a state leaves behind. */
export interface Left {
  readonly output: Json;
  /** Variables that it assigns. */
  readonly assigned: Readonly<Record<string, Json>>;
}

export interface ErrorOutput {
  readonly Error: string;
  readonly Cause: string;
}

const pathScope = ({ context, variables }: Entered, data: Json): PathScope => ({ data, context, variables });

const expressionScope = (
  { input, context, variables }: Entered,
  more: { result?: Json; errorOutput?: Json } = {},
): ExpressionScope => ({ states: { input, context, ...more }, variables });

/** The input after InputPath; of a JSONata state the input itself. */
export function pathedInput(entered: Entered): Json {
  const path = (fieldsOf(entered.state) as { InputPath?: string | null }).InputPath;
  return entered.language === 'JSONata' ? entered.input : throughPath(path, entered, entered.input);
}

/** What InputPath or OutputPath lets through: all where it is not said, nothing where it is null. */
function throughPath(path: string | null | undefined, entered: Entered, value: Json): Json {
  if (path === undefined) return value;
  return path === null ? {} : readPath(path, pathScope(entered, value));
}

/** A result where ResultPath says: in the input's stead where it does not, nowhere where it is null. */
function place(path: string | null | undefined, { input }: Entered, result: Json): Json {
  if (path === undefined) return result;
  return path === null ? input : putAtPath(path, input, result);
}

/** What goes into a task, into the branches of a Parallel: Arguments, or InputPath and Parameters. */
export async function argumentsOf(entered: Entered): Promise<Json> {
  const { Arguments, Parameters } = fieldsOf(entered.state);
  if (entered.language === 'JSONata') {
    return Arguments === undefined ? entered.input : await evaluate(Arguments, expressionScope(entered));
  }
  const input = pathedInput(entered);
  return Parameters === undefined
    ? input
    : asStateError('States.Runtime', () => fillTemplate(Parameters, pathScope(entered, input)));
}

/** A number that a state says itself, by an expression or by a path. */
export async function numberOf(
  entered: Entered,
  field: 'Seconds' | 'TimeoutSeconds' | 'HeartbeatSeconds' | 'MaxConcurrency',
): Promise<number | undefined> {
  const value = await fieldValue(entered, field);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new StateError('States.Runtime', `${field} must be a number from 0, got ${brief(value)}`);
}

/** Milliseconds since 1970 at which a Wait state ends. */
export async function waitEndsMs(entered: Entered, nowMs: number): Promise<number> {
  const seconds = await numberOf(entered, 'Seconds');
  if (seconds !== undefined) return nowMs + seconds * 1000;
  const timestamp = await fieldValue(entered, 'Timestamp');
  const atMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new StateError('States.Runtime', `Timestamp must be a time in ISO 8601, got ${brief(timestamp)}`);
}

async function fieldValue(entered: Entered, field: string): Promise<Json | undefined> {
  const fields = fieldsOf(entered.state);
  const given = fields[field];
  if (given !== undefined) {
    return entered.language === 'JSONata' ? await evaluate(given, expressionScope(entered)) : given;
  }
  const path = fields[`${field}Path`];
  return typeof path === 'string' ? readPath(path, pathScope(entered, pathedInput(entered))) : undefined;
}

/** Error and Cause of a Fail state. */
export async function failureOf(entered: Entered): Promise<StateError> {
  const text = async (field: 'Error' | 'Cause'): Promise<string> => {
    const fields = fieldsOf(entered.state);
    const source = fields[`${field}Path`];
    if (typeof source === 'string') {
      const scope = pathScope(entered, entered.input);
      return String(source.startsWith('States.') ? fillOne(source, scope) : readPath(source, scope));
    }
    return String((await fieldValue(entered, field)) ?? '');
  };
  return new StateError(await text('Error'), await text('Cause'));
}

const fillOne = (source: string, scope: PathScope): Json =>
  (fillTemplate({ 'value.$': source }, scope) as { value: Json }).value;

/** What a state leaves that did what it does: its result, selected, put in its place, and what it assigns. */
export async function leave(entered: Entered, result: Json): Promise<Left> {
  const { Output, Assign } = fieldsOf(entered.state) as { Output?: Json; Assign?: Json };
  if (entered.language === 'JSONata') return await leaveJsonata(entered, { Output, Assign, more: { result }, result });
  return leaveJsonPath(entered, result);
}

async function leaveJsonata(
  entered: Entered,
  {
    Output,
    Assign,
    more,
    result,
  }: { Output?: Json; Assign?: Json; more: { result?: Json; errorOutput?: Json }; result: Json },
): Promise<Left> {
  const scope = expressionScope(entered, more);
  const output = Output === undefined ? result : await evaluate(Output, scope);
  const assigned = Assign === undefined ? {} : ((await evaluate(Assign, scope)) as Record<string, Json>);
  return { output, assigned };
}

function leaveJsonPath(entered: Entered, result: Json): Left {
  const { ResultSelector, ResultPath, OutputPath, Assign } = fieldsOf(entered.state) as {
    ResultSelector?: Json;
    ResultPath?: string | null;
    OutputPath?: string | null;
    Assign?: Json;
  };
  return asStateError('States.Runtime', () => {
    const selected = ResultSelector === undefined ? result : fillTemplate(ResultSelector, pathScope(entered, result));
    const output = throughPath(OutputPath, entered, place(ResultPath, entered, selected));
    return { output, assigned: assign(Assign, pathScope(entered, selected)) };
  });
}

const assign = (template: Json | undefined, scope: PathScope): Record<string, Json> =>
  template === undefined ? {} : (fillTemplate(template, scope) as Record<string, Json>);

/** A Pass state's result: Result or Parameters, else its input. */
export async function passResult(entered: Entered): Promise<Json> {
  const { Result } = fieldsOf(entered.state);
  if (entered.language === 'JSONata') return entered.input;
  return Result === undefined ? await argumentsOf(entered) : Result;
}

/** Where a Choice state goes, and what it leaves. @throws StateError States.NoChoiceMatched */
export async function choose(entered: Entered): Promise<Left & { readonly next: string }> {
  const state = entered.state as StateOf<'Choice'>;
  const input = pathedInput(entered);
  for (const rule of state.Choices) {
    if (!(await holds(entered, rule, input))) continue;
    return { next: rule.Next, ...(await leaveChoice(entered, rule)) };
  }
  if (state.Default === undefined) {
    throw new StateError('States.NoChoiceMatched', `no rule holds for ${brief(input)}, and there is no Default`);
  }
  return { next: state.Default, ...(await leaveChoice(entered, state)) };
}

async function holds(entered: Entered, rule: Readonly<Record<string, unknown>>, input: Json): Promise<boolean> {
  if (entered.language === 'JSONPath') return fulfils(rule, pathScope(entered, input));
  const value = await evaluate(rule['Condition'], expressionScope(entered));
  if (typeof value === 'boolean') return value;
  throw new StateError(
    'States.QueryEvaluationError',
    `the Condition '${rule['Condition']}' gives ${brief(value)}, not true or false`,
  );
}

async function leaveChoice(entered: Entered, by: { Output?: Json; Assign?: Json | undefined }): Promise<Left> {
  if (entered.language === 'JSONata') {
    return await leaveJsonata(entered, { Output: by.Output, Assign: by.Assign, more: {}, result: entered.input });
  }
  const input = pathedInput(entered);
  const { OutputPath } = fieldsOf(entered.state) as { OutputPath?: string | null };
  return { output: throughPath(OutputPath, entered, input), assigned: assign(by.Assign, pathScope(entered, input)) };
}

/** What a state leaves whose error is caught. */
export async function leaveCaught(entered: Entered, catcher: Catcher, errorOutput: ErrorOutput): Promise<Left> {
  if (entered.language === 'JSONata') {
    const { Output, Assign } = catcher;
    return await leaveJsonata(entered, { Output, Assign, more: { errorOutput }, result: errorOutput });
  }
  const { ResultPath, Assign } = catcher;
  return { output: place(ResultPath, entered, errorOutput), assigned: assign(Assign, pathScope(entered, errorOutput)) };
}

/** The items of a Map state. @throws StateError where they are no array */
export async function itemsOf(entered: Entered): Promise<readonly Json[]> {
  const { Items, ItemsPath } = fieldsOf(entered.state) as { Items?: Json; ItemsPath?: string };
  const items =
    entered.language === 'JSONata'
      ? Items === undefined
        ? entered.input
        : await evaluate(Items, expressionScope(entered))
      : readPath(ItemsPath ?? '$', pathScope(entered, pathedInput(entered)));
  if (Array.isArray(items)) return items;
  throw new StateError('States.Runtime', `a Map state runs over an array, got ${brief(items)}`);
}

/** What one item's states get: the item, or what ItemSelector makes of it. The context has the item as `Map.Item`. */
export async function itemInput(entered: Entered, item: Json): Promise<Json> {
  const { ItemSelector, Parameters } = fieldsOf(entered.state);
  if (entered.language === 'JSONata') {
    return ItemSelector === undefined ? item : await evaluate(ItemSelector, expressionScope(entered));
  }
  const template = ItemSelector ?? Parameters;
  return template === undefined
    ? item
    : asStateError('States.Runtime', () => fillTemplate(template, pathScope(entered, pathedInput(entered))));
}
