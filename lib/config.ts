import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { ALARM_KINDS } from '../core/contracts/alarms.ts';
import { BiasOptions, isWindowLength, TaskOptions, VerdictConfig, WINDOW_LENGTH } from '../core/contracts/monitor.ts';
import { ServiceName } from '../core/contracts/service-name.ts';
import { budgetProblem, defaultBudget, LOAD_AND_LATENCY_LIMIT_MS } from '../core/domain/admission/admission-budget.ts';
import { PlatformError } from '../core/domain/errors.ts';
import { resourceProblem } from './resource-budget.ts';

/** How many declared services fit into one API: each has 11 routes, and API Gateway takes 300. The pool serves any number of further names. */
export const MAX_DECLARED_SERVICES = 23;

/** An HTTP API gives up after 30 s: a function that runs longer is paid for and answers nobody. */
export const MAX_TIMEOUT_SECONDS = 29;

export const MEMORY_MIB = { min: 512, max: 10_240 } as const;

/** Lambda keeps 100 of an account's concurrent executions unreserved, and an account starts with 1000. */
const RESERVABLE_CONCURRENCY = 900;

/** Lambda Managed Instances: requests that one execution environment may take at a time, and what Node.js takes for each processor by default. */
const MANAGED_CONCURRENCY = { min: 1, max: 1_600 } as const;
export const DEFAULT_MANAGED_CONCURRENCY = 64;
/** Memory that an instance has for each processor, by its family: compute optimized, general purpose, memory optimized. */
const MANAGED_GIB_PER_VCPU: readonly number[] = [2, 4, 8];
const MANAGED_MIN_MIB = 2_048;
const MIB_PER_GIB = 1_024;
const CAPACITY_PROVIDER_ARN =
  /^arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d:\d{12}:capacity-provider:[a-zA-Z0-9_-]+$/;

/** What Lambda would refuse of a function on managed instances, with what to do; undefined where it takes it. */
export function managedInstancesProblem(choice: {
  /** Undefined here and below: known at deployment only. */
  memoryMiB: number | undefined;
  reservedConcurrency?: number | undefined;
  capacityProviderArn: string | undefined;
  maxConcurrency: number;
  memoryGiBPerVCpu: number;
}): string | undefined {
  const { memoryMiB, reservedConcurrency, capacityProviderArn, maxConcurrency, memoryGiBPerVCpu } = choice;
  const { min, max } = MANAGED_CONCURRENCY;
  const neededMiB = Math.max(MANAGED_MIN_MIB, memoryGiBPerVCpu * MIB_PER_GIB);
  if (capacityProviderArn !== undefined && !CAPACITY_PROVIDER_ARN.test(capacityProviderArn)) {
    return `managedInstances.capacityProviderArn must be the ARN of a Lambda capacity provider, got ${show(capacityProviderArn)}`;
  }
  if (!(Number.isInteger(maxConcurrency) && maxConcurrency >= min && maxConcurrency <= max)) {
    return `managedInstances.maxConcurrency must be a whole number of requests from ${min} to ${max}, got ${maxConcurrency}`;
  }
  if (!MANAGED_GIB_PER_VCPU.includes(memoryGiBPerVCpu)) {
    return `managedInstances.memoryGiBPerVCpu must be one of ${MANAGED_GIB_PER_VCPU.join(', ')} GiB, got ${memoryGiBPerVCpu}`;
  }
  if (memoryMiB !== undefined && memoryMiB < neededMiB) {
    return `managedInstances need at least ${neededMiB} MiB: a whole processor with ${memoryGiBPerVCpu} GiB beside it; got ${memoryMiB}, set memoryMiB`;
  }
  if (reservedConcurrency !== undefined) {
    return `managedInstances take no reservedConcurrency, got ${reservedConcurrency}: how many requests run at a time follows from the instances; leave it out`;
  }
  return undefined;
}

const LOG_RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** Said in one sentence whatever is wrong with the number: a string, a fraction or one out of range. */
const wholeNumber = ({ min, max, unit }: { min: number; max: number; unit: string }) =>
  z.custom<number>((value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max, {
    error: ({ input }) => `must be a whole number of ${unit} from ${min} to ${max}, got ${show(input)}`,
  });

const text = ({ max, what }: { max: number; what: string }) =>
  z.custom<string>((value) => typeof value === 'string' && value.trim() !== '' && value.length <= max, {
    error: ({ input }) => `must be ${what} of 1 to ${max} characters, got ${show(input)}`,
  });

const options = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown option ${(issue.keys as string[]).map(show).join(', ')}; the options are ${Object.keys(shape).join(', ')}`
        : `must be an object, got ${show(issue.input)}`,
  });

const functionOptions = (defaults: { memoryMiB: number; timeoutSeconds: number }) => ({
  /** Memory of the function; its share of a processor grows with it, one whole at 1769 MiB. */
  memoryMiB: wholeNumber({ ...MEMORY_MIB, unit: 'MiB' }).default(defaults.memoryMiB),
  /** How long one request may take. */
  timeoutSeconds: wholeNumber({ min: 1, max: MAX_TIMEOUT_SECONDS, unit: 'seconds' }).default(defaults.timeoutSeconds),
  /** Concurrent executions set aside for this function, which it cannot exceed; absent: the account's common limit. */
  reservedConcurrency: wholeNumber({ min: 0, max: RESERVABLE_CONCURRENCY, unit: 'executions' }).optional(),
  /** How long the function's log is kept. */
  logRetentionDays: z
    .custom<number>((value) => LOG_RETENTION_DAYS.includes(value as number), {
      error: ({ input }) => `must be one of ${LOG_RETENTION_DAYS.join(', ')} days, got ${show(input)}`,
    })
    .default(RetentionDays.ONE_MONTH),
});

export const DEFAULT_CAPTURE_WAIT_MS = 20;

const AdmissionOptions = options({
  /** Resident memory of the process that holds the model. */
  maxMemoryMiB: wholeNumber({ min: 1, max: MEMORY_MIB.max, unit: 'MiB' }).optional(),
  /** Time to load it. */
  maxLoadMs: wholeNumber({ min: 1, max: LOAD_AND_LATENCY_LIMIT_MS, unit: 'milliseconds' }).optional(),
  /** Time for one row, the 99th percentile. */
  maxLatencyMs: wholeNumber({ min: 1, max: LOAD_AND_LATENCY_LIMIT_MS, unit: 'milliseconds' }).optional(),
});

const inferenceOptions = (defaults: { memoryMiB: number; timeoutSeconds: number }) => ({
  ...functionOptions(defaults),
  /** What a model may take to be registered; absent: half of the memory, and half of the timeout for each of loading and a row. */
  admission: AdmissionOptions.optional(),
});

/** A budget is checked with the function it belongs to. */
function checkAdmission(
  { memoryMiB, timeoutSeconds, admission = {} }: z.infer<z.ZodObject<ReturnType<typeof inferenceOptions>>>,
  context: z.RefinementCtx,
): void {
  const defaults = defaultBudget({ memoryMiB, timeoutSeconds });
  const problem = budgetProblem(
    {
      memoryMiB: admission.maxMemoryMiB ?? defaults.memoryMiB,
      loadMs: admission.maxLoadMs ?? defaults.loadMs,
      latencyMs: admission.maxLatencyMs ?? defaults.latencyMs,
    },
    memoryMiB,
  );
  if (problem !== undefined) context.addIssue({ code: 'custom', path: ['admission'], message: problem });
}

const CaptureNames = z.custom<string[]>(
  (value) =>
    Array.isArray(value) &&
    value.length <= 100 &&
    value.every((name) => typeof name === 'string' && name !== '' && name.length <= 200),
  { error: ({ input }) => `must be a list of at most 100 names of inputs, outputs or features, got ${show(input)}` },
);

const CaptureOptions = options({
  /** Share of the predictions that is captured: 0.1 is one in ten. */
  samplingRate: z
    .custom<number>((value) => typeof value === 'number' && value >= 0 && value <= 1, {
      error: ({ input }) => `must be a number from 0 to 1, got ${show(input)}`,
    })
    .default(1),
  /** Inputs, outputs or features whose values are replaced by a keyed hash. */
  hash: CaptureNames.default([]),
  /** Inputs, outputs or features that are left out. */
  drop: CaptureNames.default([]),
  /** Whom a prediction is about: an input or feature, or `header:NAME`. Captures hold its keyed hash. */
  subject: text({ max: 200, what: 'the name of an input or feature, or header:NAME, a text' }).optional(),
  /** How long the one request a second that starts a delivery waits for it at most. */
  waitMs: wholeNumber({ min: 0, max: 1_000, unit: 'milliseconds' }).default(DEFAULT_CAPTURE_WAIT_MS),
}).superRefine(({ hash, drop }, context) => {
  const both = hash.filter((name) => drop.includes(name));
  if (both.length > 0) {
    context.addIssue({ code: 'custom', message: `${both.map(show).join(', ')} cannot be both hashed and dropped` });
  }
});

const CapacityProviderArn = z.custom<string>(
  (value) => typeof value === 'string' && value.length <= 140 && CAPACITY_PROVIDER_ARN.test(value),
  {
    error: ({ input }) =>
      `must be the ARN of a Lambda capacity provider (arn:aws:lambda:REGION:ACCOUNT:capacity-provider:NAME), got ${show(input)}`,
  },
);

const ManagedInstancesOptions = options({
  /** An existing capacity provider: the instances, in subnets of your own, that the function runs on. */
  capacityProviderArn: CapacityProviderArn,
  /** Requests that one process answers at a time, at most. */
  maxConcurrency: wholeNumber({ ...MANAGED_CONCURRENCY, unit: 'requests' }).default(DEFAULT_MANAGED_CONCURRENCY),
  /** Memory that comes with a processor. */
  memoryGiBPerVCpu: z
    .custom<number>((value) => MANAGED_GIB_PER_VCPU.includes(value as number), {
      error: ({ input }) => `must be one of ${MANAGED_GIB_PER_VCPU.join(', ')} GiB, got ${show(input)}`,
    })
    .default(2),
});

const MonitorConfig = options({
  /** Length of a window in minutes; days and weeks are evaluated beside it. */
  windowMinutes: z
    .custom<number>((value) => typeof value === 'number' && isWindowLength(value), {
      error: ({ input }) => `must be a number of minutes: ${WINDOW_LENGTH}; got ${show(input)}`,
    })
    .default(60),
  /** When a window is unusual, and what is large; see `VerdictOptions`. */
  verdict: VerdictConfig.optional(),
  /** What labels are compared with; absent: performance is not measured. */
  task: TaskOptions.optional(),
  /** How long labels usually take. */
  labelDelayHours: z.number().min(0).max(9_600).optional(),
  /** Share of positives to be expected, where they are rare. */
  expectedPositiveRate: z.number().gt(0).lt(1).optional(),
  /** Sensitive fields that are watched. */
  bias: z.array(BiasOptions).max(10).default([]),
  /** Which alarms there are, and when they go off. */
  alarms: options({
    /** Kinds that are left out, `no-data` for example where nobody calls for days. */
    off: z.array(z.enum(ALARM_KINDS)).default([]),
    errorRate: z.number().gt(0).lte(1).optional(),
    latencyMs: wholeNumber({ min: 1, max: MAX_TIMEOUT_SECONDS * 1_000, unit: 'milliseconds' }).optional(),
  }).prefault({}),
});

const ServiceOptions = options({
  ...inferenceOptions({ memoryMiB: 1024, timeoutSeconds: 10 }),
  /** What the service is for; shown on its function. */
  description: text({ max: 256, what: 'a text' }).optional(),
  /** Which predictions are captured, and what of them; absent: none. */
  capture: CaptureOptions.optional(),
  /** What is watched of its captured predictions; absent: nothing. */
  monitor: MonitorConfig.optional(),
  /** Runs the function on instances that are paid for by the hour, where a process takes several requests at a time; absent: paid for by request. */
  managedInstances: ManagedInstancesOptions.optional(),
}).superRefine((service, context) => {
  checkAdmission(service, context);
  const { managedInstances: managed } = service;
  if (!managed) return;
  const problem = managedInstancesProblem({ ...service, ...managed });
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});

const Issuer = z.custom<string>(
  (value) => typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:',
  { error: ({ input }) => `must be the https URL of an OpenID Connect issuer, got ${show(input)}` },
);

const Audience = z.custom<string[]>(
  (value) =>
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= 50 &&
    value.every((audience) => typeof audience === 'string' && audience !== ''),
  { error: ({ input }) => `must be a list of 1 to 50 audiences, got ${show(input)}` },
);

const AuthOptions = z.discriminatedUnion(
  'kind',
  [
    options({ kind: z.literal('iam') }),
    options({ kind: z.literal('jwt'), issuer: Issuer, audience: Audience }),
    options({ kind: z.literal('none'), reason: text({ max: 500, what: 'the reason why everybody may call, a text' }) }),
  ],
  {
    error: ({ input }) =>
      `must be one of { kind: 'iam' }, { kind: 'jwt', ... }, { kind: 'none', ... }, got ${show(input)}`,
  },
);

const KeyArn = z.custom<string>(
  (value) =>
    typeof value === 'string' &&
    /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(value),
  {
    error: ({ input }) =>
      `must be the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID, no alias), got ${show(input)}`,
  },
);

const SecretArn = z.custom<string>(
  (value) =>
    typeof value === 'string' && /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/.test(value),
  {
    error: ({ input }) =>
      `must be the ARN of a secret (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME), got ${show(input)}`,
  },
);

const KeelsonConfig = options({
  /** Services with a function, a role and limits of their own, by name. Any other name that is registered is served by the pool. */
  services: z
    .record(ServiceName, ServiceOptions, {
      error: ({ input }) => `must be an object of services by name, got ${show(input)}`,
    })
    .default({}),
  /** The one function that serves every model whose name is not declared. */
  pool: options(inferenceOptions({ memoryMiB: 2048, timeoutSeconds: 10 }))
    .superRefine(checkAdmission)
    .prefault({}),
  /** The function that registers, promotes and lists. Registration holds a model twice in memory. */
  control: options(functionOptions({ memoryMiB: 1024, timeoutSeconds: 29 })).prefault({}),
  /** Processor of all functions: `arm64` costs 20 % less. */
  architecture: z
    .enum(['arm64', 'x86_64'], { error: ({ input }) => `must be "arm64" or "x86_64", got ${show(input)}` })
    .default('arm64'),
  /** Who may call: callers that AWS IAM allows, holders of a JSON Web Token, or everybody. */
  auth: AuthOptions.default({ kind: 'iam' }),
  /** Who is told of alarms; absent: nobody. */
  notifications: options({
    /** Addresses; each has to confirm once. */
    email: z.array(z.email()).max(50).default([]),
    /** Secrets of Secrets Manager whose text is the URL of a webhook: of Slack, and of a Teams workflow. */
    slackSecretArn: SecretArn.optional(),
    teamsSecretArn: SecretArn.optional(),
    /** Where runbooks are read; absent: the folder of this repository. */
    runbooks: z.url({ protocol: /^https$/ }).optional(),
  }).optional(),
  /** One CloudWatch dashboard of all services; beyond three in an account each costs 3 USD a month. */
  dashboard: z.boolean({ error: ({ input }) => `must be true or false, got ${show(input)}` }).default(false),
  /** How long captured predictions are kept. */
  captureRetentionDays: wholeNumber({ min: 1, max: 3_650, unit: 'days' }).default(365),
  /** An existing KMS key that encrypts the artifacts and the captures; absent: the account's AWS managed key for S3, which costs nothing. */
  encryptionKeyArn: KeyArn.optional(),
});

/** The checked configuration, defaults filled in. */
export type KeelsonConfig = z.infer<typeof KeelsonConfig>;
/** What is written in keelson.config.ts. */
export type KeelsonOptions = z.input<typeof KeelsonConfig>;
export type Auth = KeelsonConfig['auth'];
export type FunctionConfig = KeelsonConfig['control'];

/** Types the configuration where it is written; it is checked at synth. */
export const defineConfig = (config: KeelsonOptions): KeelsonOptions => config;

/** @throws `config.invalid` naming every problem with its value and what is allowed */
export function parseConfig(input: unknown): KeelsonConfig {
  const parsed = KeelsonConfig.safeParse(input);
  const problems = [...(parsed.error?.issues ?? []).map(describeIssue), ...serviceProblems(input)];
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new PlatformError('config.invalid', {
    message: `keelson.config.ts has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    details: { problems },
  });
}

/** What reserved concurrency means that is surely not wanted, though AWS takes it. */
export function concurrencyWarnings(config: KeelsonConfig): string[] {
  const functions: [string, FunctionConfig][] = [
    ...Object.entries(config.services).map(([name, service]): [string, FunctionConfig] => [
      `services.${name}`,
      service,
    ]),
    ['pool', config.pool],
    ['control', config.control],
  ];
  const zero = functions
    .filter(([, { reservedConcurrency }]) => reservedConcurrency === 0)
    .map(
      ([name]) =>
        `${name}.reservedConcurrency is 0: the function refuses every request; leave it out for no reservation`,
    );
  const total = functions.reduce((sum, [, { reservedConcurrency }]) => sum + (reservedConcurrency ?? 0), 0);
  if (total <= RESERVABLE_CONCURRENCY) return zero;
  return [
    ...zero,
    `${total} concurrent executions are reserved together; an account with Lambda's default limit of 1000 takes ${RESERVABLE_CONCURRENCY}`,
  ];
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const path = issue.path.map(String).join('.');
  return path === '' ? message : `${path}: ${message}`;
}

/** Looked for in the raw input, so that they are named together with all other problems. */
function serviceProblems(input: unknown): string[] {
  const services = (input as { services?: unknown } | undefined)?.services;
  if (typeof services !== 'object' || services === null) return [];
  const names = Object.keys(services);
  const problems = names.flatMap((name, index) => {
    const twin = names.slice(0, index).find((earlier) => earlier.toLowerCase() === name.toLowerCase());
    return twin === undefined
      ? []
      : [`services: ${show(twin)} and ${show(name)} differ in case alone, which people cannot tell apart; rename one`];
  });
  const tooMany =
    names.length > MAX_DECLARED_SERVICES
      ? `${names.length} are declared, one stack takes ${MAX_DECLARED_SERVICES}; leave the others out, the pool serves them, or put them in a second stack`
      : resourceProblem(input);
  return tooMany === undefined ? problems : [...problems, `services: ${tooMany}`];
}
