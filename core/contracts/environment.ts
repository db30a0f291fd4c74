import * as z from 'zod';
import { PlatformError } from '../domain/errors.ts';
import { parseBudget, parseBudgets } from './budgets.ts';
import { CaptureOptions } from './capture.ts';
import { CountedServices } from './monitor.ts';

/** Environment of an inference function: written by `lib`, read by `lambdas/infer/wire.ts`. */
export const InferEnvironment = z.object({
  /** Bucket that holds the artifacts. */
  ARTIFACT_BUCKET: z.string().min(1),
  /** The registry's table. */
  REGISTRY_TABLE: z.string().min(1),
  /** How much memory loaded models may take together, in MiB; least recently used ones are released beyond it. */
  MODEL_CACHE_MIB: z.coerce.number().int().positive(),
  /** What is captured, as JSON by `CaptureOptions`; empty where nothing is. */
  CAPTURE_OPTIONS: z.string().transform(parseCaptureOptions).optional(),
  /** Firehose stream that takes the captures; empty where there are none. */
  CAPTURE_STREAM: z.string().optional(),
  /** ONNX Runtime sends telemetry by default from 1.29 on Linux. */
  ORT_DISABLE_TELEMETRY: z.literal('1'),
});
export type InferEnvironment = z.infer<typeof InferEnvironment>;

/** Environment of the function that admits models. */
export const AdmitEnvironment = z.object({
  /** Bucket that holds the artifacts. */
  ARTIFACT_BUCKET: z.string().min(1),
  /** ONNX Runtime sends telemetry by default from 1.29 on Linux. */
  ORT_DISABLE_TELEMETRY: z.literal('1'),
});
export type AdmitEnvironment = z.infer<typeof AdmitEnvironment>;

/** Environment of the function that takes in capture objects. */
export const IntakeEnvironment = z.object({
  /** Bucket that holds the captures, and their counts. */
  CAPTURE_BUCKET: z.string().min(1),
  /** Bucket that holds the baselines. */
  ARTIFACT_BUCKET: z.string().min(1),
  /** The registry's table. */
  REGISTRY_TABLE: z.string().min(1),
  /** The captured services with their rules, as JSON by `CountedServices`. */
  COUNTED_SERVICES: z.string().transform(jsonBy(CountedServices)),
});
export type IntakeEnvironment = z.infer<typeof IntakeEnvironment>;

/** Environment of the function that evaluates windows. */
export const MonitorEnvironment = z.object({
  /** Bucket that holds captures, their counts and the reports of windows. */
  CAPTURE_BUCKET: z.string().min(1),
  /** Bucket that holds the baselines. */
  ARTIFACT_BUCKET: z.string().min(1),
  /** The registry's table. */
  REGISTRY_TABLE: z.string().min(1),
});
export type MonitorEnvironment = z.infer<typeof MonitorEnvironment>;

/** Environment of the function that tells of alarms. */
export const NotifyEnvironment = z.object({
  /** The registry's table. */
  REGISTRY_TABLE: z.string().min(1),
  /** Topic for e-mail; empty for none. */
  TOPIC_ARN: z.string(),
  /** Secrets with the addresses of webhooks; empty for none. */
  SLACK_SECRET_ARN: z.string(),
  TEAMS_SECRET_ARN: z.string(),
  /** What the platform's alarms are called by. */
  ALARM_PREFIX: z.string().min(1),
  /** Base URL of the API. */
  API_URL: z.string().min(1),
  /** Where runbooks are read. */
  RUNBOOKS: z.string().min(1),
});
export type NotifyEnvironment = z.infer<typeof NotifyEnvironment>;

/** Environment of the control function. */
export const ControlEnvironment = z.object({
  ARTIFACT_BUCKET: z.string().min(1),
  REGISTRY_TABLE: z.string().min(1),
  /** The declared services with their budgets, by `formatBudgets`; empty when all are served by the pool. */
  DECLARED_SERVICES: z.string().transform(orIssue(parseBudgets)),
  /** Names of the services whose predictions are captured, joined by commas: labels can be compared with these alone. */
  CAPTURED_SERVICES: z.string(),
  /** Bucket that holds the reports of windows; empty where no service is captured. */
  CAPTURE_BUCKET: z.string(),
  /** Names of the services whose windows are evaluated, joined by commas. */
  MONITORED_SERVICES: z.string(),
  /** What the platform's alarms are called by. */
  ALARM_PREFIX: z.string(),
  /** Where runbooks are read. */
  RUNBOOKS: z.string(),
  /** The pool's budget, by `formatBudget`. */
  POOL_BUDGET: z.string().transform(orIssue(parseBudget)),
  /** The function that admits models. */
  ADMIT_FUNCTION: z.string().min(1),
  /** The function that makes baselines of captures; empty where no service is captured. */
  INTAKE_FUNCTION: z.string(),
});
export type ControlEnvironment = z.infer<typeof ControlEnvironment>;

/** What `lib` must write for a schema: every variable, as a string. A renamed or missing one does not compile. */
export type EnvironmentFor<S extends z.ZodType> = { [K in keyof z.infer<S>]: string };

/** What a parser does not understand was not written by the stack. */
function orIssue<T>(parse: (text: string) => T | undefined): (text: string, context: z.RefinementCtx) => T {
  return (text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'is not what the stack writes' });
    return z.NEVER;
  };
}

function jsonBy<S extends z.ZodType>(schema: S) {
  return (text: string, context: z.RefinementCtx): z.infer<S> => {
    const parsed = schema.safeParse(parseOrUndefined(text));
    if (parsed.success) return parsed.data;
    context.addIssue({ code: 'custom', message: 'is not what the stack writes' });
    return z.NEVER;
  };
}

function parseCaptureOptions(text: string, context: z.RefinementCtx): CaptureOptions | undefined {
  if (text === '') return undefined;
  const parsed = CaptureOptions.safeParse(parseOrUndefined(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'is not what the stack writes' });
  return z.NEVER;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: told by the caller.
    return undefined;
  }
}

/** @throws `environment.invalid` naming every variable that is missing or wrong */
export function parseEnvironment<S extends z.ZodType>(
  schema: S,
  environment: Record<string, string | undefined>,
): z.infer<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new PlatformError('environment.invalid', {
    message: `the function's environment is wrong: ${problems.join('; ')}; deploy again, the stack writes these variables`,
    details: { problems },
  });
}
