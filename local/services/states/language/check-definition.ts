import { AwsError } from '../../rpc/aws-error.ts';
import { ruleProblem } from './choice-rule.ts';
import {
  fieldsOf,
  JSONATA_FIELDS,
  JSONPATH_FIELDS,
  languageOf,
  type Machine,
  MachineShape,
  processorOf,
  type State,
  type States,
} from './definition.ts';
import { isObject, type Json } from './json.ts';
import { isReferencePath } from './json-path.ts';
import { checkExpression, isExpression } from './jsonata.ts';

/** Why nothing can be done at a Task's resource; undefined where it can. */
export type RefuseResource = (resource: string) => string | undefined;

const UNRESOLVED = /\$\{[^}]*\}/;

/**
 * Refuses a definition in Amazon States Language that could not run, naming the states.
 *
 * @throws AwsError InvalidDefinition with every problem
 */
export function checkDefinition(text: string, refuseResource: RefuseResource): void {
  const machine = readMachine(text);
  const problems: string[] = [];
  checkStates(machine, { machine, refuseResource, problems, names: new Set() });
  if (problems.length > 0) throw invalid(problems);
}

function readMachine(text: string): Machine {
  const unresolved = UNRESOLVED.exec(text);
  if (unresolved !== null) throw invalid([`${unresolved[0]} was not resolved`]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid([`not JSON: ${cause instanceof Error ? cause.message : String(cause)}`]);
  }
  const parsed = MachineShape.safeParse(json);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`));
}

const invalid = (problems: readonly string[]) =>
  new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${problems.join("', '")}'`);

interface Check {
  readonly machine: Machine;
  readonly refuseResource: RefuseResource;
  readonly problems: string[];
  /** Of all states: they are unique in a machine. */
  readonly names: Set<string>;
}

function checkStates(states: States, check: Check): void {
  if (states.States[states.StartAt] === undefined) check.problems.push(`StartAt: there is no state ${states.StartAt}`);
  const reached = new Set([states.StartAt]);
  for (const [name, state] of Object.entries(states.States)) {
    const say = (problem: string) => void check.problems.push(`${name}: ${problem}`);
    if (check.names.has(name)) say('the name is taken by another state of this machine');
    check.names.add(name);
    for (const next of nextsOf(state)) {
      reached.add(next);
      if (states.States[next] === undefined) say(`there is no state ${next} to go on with`);
    }
    checkState(state, check, say);
    if (state.Type === 'Parallel') for (const branch of state.Branches) checkStates(branch as States, check);
    if (state.Type === 'Map' && processorOf(state) !== undefined) checkStates(processorOf(state), check);
  }
  for (const name of Object.keys(states.States))
    if (!reached.has(name)) check.problems.push(`${name}: nothing leads there`);
}

function checkState(state: State, { machine, refuseResource }: Check, say: (problem: string) => void): void {
  const fields = fieldsOf(state);
  const language = languageOf(machine, state);
  if (machine.QueryLanguage === 'JSONata' && state.QueryLanguage === 'JSONPath') {
    say('a machine in JSONata has no state in JSONPath');
  }
  for (const field of language === 'JSONata' ? JSONPATH_FIELDS : JSONATA_FIELDS) {
    if (fields[field] !== undefined) say(`${field} means nothing in ${language}`);
  }
  if ('Next' in state || 'End' in state || !['Choice', 'Succeed', 'Fail'].includes(state.Type)) {
    const { Next, End } = state as { Next?: string; End?: boolean };
    if ((Next === undefined) === (End !== true)) say('it has either Next or End');
  }
  if (language === 'JSONata') checkExpressions(state, say);
  const { ResultPath } = fields as { ResultPath?: string | null };
  if (typeof ResultPath === 'string' && !isReferencePath(ResultPath))
    say(`ResultPath '${ResultPath}' names no one place`);
  if ('Retry' in state) checkHandlers(state, say);
  if (state.Type === 'Task') {
    const refusal = refuseResource(state.Resource);
    if (refusal !== undefined) say(refusal);
  }
  if (state.Type === 'Choice') {
    for (const rule of state.Choices) {
      const problem =
        language === 'JSONata'
          ? isExpression(rule['Condition']) || typeof rule['Condition'] === 'boolean'
            ? undefined
            : 'a rule in JSONata has a Condition'
          : ruleProblem(rule);
      if (problem !== undefined) say(problem);
    }
  }
  if (state.Type === 'Wait') {
    const given = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'].filter(
      (field) => fields[field] !== undefined,
    );
    if (given.length !== 1) say(`it waits by exactly one of Seconds and Timestamp, got ${given.join(', ') || 'none'}`);
  }
  if (state.Type === 'Map' && (state.ItemProcessor === undefined) === (state.Iterator === undefined)) {
    say('it has an ItemProcessor');
  }
}

function checkHandlers(state: Extract<State, { Retry: unknown }>, say: (problem: string) => void): void {
  for (const handlers of [state.Retry, state.Catch]) {
    for (const [index, { ErrorEquals }] of handlers.entries()) {
      if (!ErrorEquals.includes('States.ALL')) continue;
      if (ErrorEquals.length > 1) say('States.ALL stands alone');
      if (index < handlers.length - 1) say('States.ALL comes last');
    }
  }
}

/** States of its branches check their own. */
function checkExpressions(state: State, say: (problem: string) => void): void {
  const visit = (value: Json): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isObject(value)) Object.values(value).forEach(visit);
    if (!isExpression(value)) return;
    try {
      checkExpression(value);
    } catch (error) {
      say(`the expression '${value}' cannot be read: ${isObject(error) ? String(error['message']) : String(error)}`);
    }
  };
  const { Branches: _, ItemProcessor: __, Iterator: ___, ...own } = fieldsOf(state);
  visit(own);
}

function nextsOf(state: State): readonly string[] {
  const { Next, Default, Choices, Catch } = state as {
    Next?: string;
    Default?: string;
    Choices?: { Next: string }[];
    Catch?: { Next: string }[];
  };
  const direct = [Next, Default].filter((name) => name !== undefined);
  return [...direct, ...(Choices ?? []).map((each) => each.Next), ...(Catch ?? []).map((each) => each.Next)];
}
