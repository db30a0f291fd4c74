import * as z from 'zod';
import type { JsonObject } from './json.ts';

const Language = z.enum(['JSONPath', 'JSONata']);
const Name = z.string().min(1).max(80);
const anything = z.unknown();
const record = z.record(z.string(), z.unknown());
/** A number, or an expression that gives one. */
const amount = z.union([z.number().min(0), z.string()]);
const path = z.string().startsWith('$').nullable();

const RetrierShape = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.int().min(1).optional(),
  MaxAttempts: z.int().min(0).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().min(1).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
  Comment: z.string().optional(),
});

const CatcherShape = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  Next: Name,
  ResultPath: path.optional(),
  Assign: record.optional(),
  Output: anything.optional(),
  Comment: z.string().optional(),
});

const common = {
  Comment: z.string().optional(),
  QueryLanguage: Language.optional(),
  Assign: record.optional(),
  InputPath: path.optional(),
  OutputPath: path.optional(),
  Output: anything.optional(),
};
const ending = { Next: Name.optional(), End: z.boolean().optional() };
const handled = { Retry: z.array(RetrierShape).default([]), Catch: z.array(CatcherShape).default([]) };
const shaped = { ResultPath: path.optional(), Parameters: anything.optional() };

export const Catcher = CatcherShape;
export type Catcher = z.infer<typeof CatcherShape>;

const Pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...ending, ...shaped, Result: anything.optional() });
const Task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...ending,
  ...handled,
  ...shaped,
  ResultSelector: record.optional(),
  Resource: z.string().min(1),
  Arguments: anything.optional(),
  Credentials: anything.optional(),
  TimeoutSeconds: amount.optional(),
  TimeoutSecondsPath: path.optional(),
  HeartbeatSeconds: amount.optional(),
  HeartbeatSecondsPath: path.optional(),
});
const Choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  Choices: z.array(z.looseObject({ Next: Name, Assign: record.optional(), Output: anything.optional() })).min(1),
  Default: Name.optional(),
});
const Wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...ending,
  Seconds: amount.optional(),
  SecondsPath: path.optional(),
  Timestamp: z.string().optional(),
  TimestampPath: path.optional(),
});
const Succeed = z.strictObject({ Type: z.literal('Succeed'), ...common });
const Fail = z.strictObject({
  Type: z.literal('Fail'),
  Comment: z.string().optional(),
  QueryLanguage: Language.optional(),
  Error: z.string().optional(),
  Cause: z.string().optional(),
  ErrorPath: z.string().optional(),
  CausePath: z.string().optional(),
});
const Parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...ending,
  ...handled,
  ...shaped,
  ResultSelector: record.optional(),
  Arguments: anything.optional(),
  get Branches(): z.ZodArray<typeof StatesShape> {
    return z.array(StatesShape).min(1);
  },
});
const MapShape = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...ending,
  ...handled,
  ...shaped,
  ResultSelector: record.optional(),
  Items: anything.optional(),
  ItemsPath: path.optional(),
  ItemSelector: anything.optional(),
  MaxConcurrency: amount.optional(),
  MaxConcurrencyPath: path.optional(),
  get ItemProcessor(): z.ZodOptional<typeof ProcessorShape> {
    return ProcessorShape.optional();
  },
  get Iterator(): z.ZodOptional<typeof ProcessorShape> {
    return ProcessorShape.optional();
  },
});

const AnyState = z.discriminatedUnion('Type', [Pass, Task, Choice, Wait, Succeed, Fail, Parallel, MapShape]);

const StatesShape = z.strictObject({
  StartAt: Name,
  Comment: z.string().optional(),
  QueryLanguage: Language.optional(),
  get States(): z.ZodRecord<typeof Name, typeof AnyState> {
    return z.record(Name, AnyState);
  },
});
const ProcessorShape = z.strictObject({
  StartAt: Name,
  Comment: z.string().optional(),
  QueryLanguage: Language.optional(),
  ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
  get States(): z.ZodRecord<typeof Name, typeof AnyState> {
    return z.record(Name, AnyState);
  },
});

export const MachineShape = z.strictObject({
  StartAt: Name,
  States: z.record(Name, AnyState),
  Comment: z.string().optional(),
  QueryLanguage: Language.default('JSONPath'),
  TimeoutSeconds: z.int().min(1).optional(),
  Version: z.literal('1.0').optional(),
});

export type QueryLanguage = z.infer<typeof Language>;
export type State = z.infer<typeof AnyState>;
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>;
/** States that follow one another: of a machine, of a branch, of what a Map does with each item. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
export type Machine = z.infer<typeof MachineShape>;

/** The states that a Map state runs for each item. */
export const processorOf = ({ ItemProcessor, Iterator }: StateOf<'Map'>): States =>
  (ItemProcessor ?? Iterator) as States;

/** Names lead through the tree: a state's name, then the number of its branch, and so on. */
export function statesAt(machine: States, path: readonly (string | number)[]): States {
  let states = machine;
  for (let i = 0; i < path.length; i += 2) {
    const state = states.States[String(path[i])];
    if (state?.Type === 'Parallel') states = state.Branches[Number(path[i + 1])] as States;
    else if (state?.Type === 'Map') states = processorOf(state);
  }
  return states;
}

export const languageOf = (machine: Machine, state: State): QueryLanguage =>
  state.QueryLanguage ?? machine.QueryLanguage;

/** Fields of the one language that mean nothing in the other. */
export const JSONATA_FIELDS = ['Arguments', 'Output', 'Items'] as const;
export const JSONPATH_FIELDS = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'Parameters',
  'ResultSelector',
  'Result',
  'ItemsPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'MaxConcurrencyPath',
  'ErrorPath',
  'CausePath',
] as const;

export const fieldsOf = (state: State): JsonObject => state as unknown as JsonObject;
