import { Duration } from 'aws-cdk-lib';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type * as z from 'zod';
import {
  type BiasOptions,
  isWindowLength,
  MonitorOptions,
  type MonitorTick,
  type TaskOptions,
  WINDOW_LENGTH,
} from '../../core/contracts/monitor.ts';
import { type VerdictOptions, verdictSettings } from '../../core/domain/drift/verdict/verdict-settings.ts';
import type { CaptureProps } from './capture-props.ts';
import type { MonitorFunction } from './monitor-function.ts';
import { type AlarmProps, alarmWindowProblem } from './service-alarms.ts';

/** What a service is watched for. */
export interface MonitorProps {
  /** Length of a window, a multiple of 5 minutes that divides a day. Days and weeks are evaluated beside it. @default Duration.hours(1) */
  readonly window?: Duration;
  /** When a window is unusual, and what is large. @default - see `VERDICT_SETTINGS` */
  readonly verdict?: VerdictOptions;
  /** What the model answers, by which labels are compared with it. @default - performance is not measured */
  readonly task?: z.infer<typeof TaskOptions>;
  /** How long labels usually take: nine in ten have come by then. @default Duration.days(1) */
  readonly labelDelay?: Duration;
  /** Share of positives to be expected, where they are rare: their number is watched exactly. @default - not watched */
  readonly expectedPositiveRate?: number;
  /** Sensitive fields, and what is allowed. @default - none */
  readonly bias?: readonly z.infer<typeof BiasOptions>[];
  /** Which alarms there are, and when they go off. @default - all twelve */
  readonly alarms?: AlarmProps;
}

export interface ModelMonitorProps extends MonitorProps {
  readonly serviceName: string;
  readonly capture: CaptureProps | undefined;
  readonly evaluator: () => MonitorFunction;
}

/** What is wrong with a monitor, with what to do; empty where nothing is. */
export function monitorProblems(props: Omit<ModelMonitorProps, 'evaluator'>): string[] {
  const { capture, bias = [], task, labelDelay, expectedPositiveRate, verdict } = props;
  const minutes = (props.window ?? DEFAULT_WINDOW).toMinutes();
  const problems: string[] = [];
  if (capture === undefined) problems.push('there is nothing to watch without captures: set capture');
  if (capture?.samplingRate === 0)
    problems.push('captures have a samplingRate of 0, so that no row is ever seen: raise it');
  if (!isWindowLength(minutes)) problems.push(`${WINDOW_LENGTH}; got ${minutes} minutes`);
  const hidden = [...(capture?.hash ?? []), ...(capture?.drop ?? [])];
  for (const { field } of bias) {
    if (hidden.includes(field)) {
      problems.push(`bias by ${field} cannot be seen, for captures hash or drop it: take it out of one of them`);
    }
  }
  if (task === undefined && labelDelay !== undefined) {
    problems.push('labelDelay says nothing without a task: set task, by which labels are compared');
  }
  if (expectedPositiveRate !== undefined && task?.kind !== 'binary') {
    problems.push('expectedPositiveRate is of models of two classes: set task { kind: "binary", positive }');
  }
  try {
    const { ofWindows } = verdictSettings(verdict);
    const problem = alarmWindowProblem(props.window ?? DEFAULT_WINDOW, ofWindows);
    if (problem !== undefined) problems.push(problem);
  } catch (error) {
    problems.push((error as Error).message);
  }
  return problems;
}

export const DEFAULT_WINDOW = Duration.hours(1);
const DEFAULT_LABEL_DELAY = Duration.days(1);

/** Windows are evaluated when captures have arrived: `GRACE_MS` after their end, and a minute. */
const AFTER_MINUTES = 4;
const HOUR_MINUTES = 60;

/** Has the windows of a service evaluated, minutes after each has ended. */
export class ModelMonitor extends Construct {
  constructor(scope: Construct, id: string, props: ModelMonitorProps) {
    super(scope, id);
    const problems = monitorProblems(props);
    if (problems.length > 0) throw new Error(`${this.node.path}: ${problems.join('; ')}`);
    const { serviceName, capture, evaluator, bias = [], task, expectedPositiveRate } = props;
    const windowMinutes = (props.window ?? DEFAULT_WINDOW).toMinutes();
    const options = MonitorOptions.parse({
      service: serviceName,
      windowMinutes,
      capture: {
        hash: capture?.hash ?? [],
        drop: capture?.drop ?? [],
        ...(capture?.subject !== undefined && { subject: capture.subject }),
      },
      verdict: props.verdict ?? {},
      ...(task && { task }),
      labelDelayHours: (props.labelDelay ?? DEFAULT_LABEL_DELAY).toHours({ integral: false }),
      ...(expectedPositiveRate !== undefined && { expectedPositiveRate }),
      bias,
    });
    const { function: evaluate, schedulerRole } = evaluator();
    const tick: MonitorTick = { monitor: options, time: '<aws.scheduler.scheduled-time>' };
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `Evaluates the windows of ${serviceName}`,
      scheduleExpression: scheduleOf(windowMinutes),
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: evaluate.functionArn,
        roleArn: schedulerRole.roleArn,
        input: JSON.stringify(tick),
        // The next call makes up for one that failed.
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 900 },
      },
    });
    // Scheduler tries neither, and a call that is refused is lost.
    schedule.node.addDependency(schedulerRole);
  }
}

/** At least every hour, for late captures and labels. */
function scheduleOf(windowMinutes: number): string {
  const step = commonDivisor(windowMinutes, HOUR_MINUTES);
  const minutes = Array.from({ length: HOUR_MINUTES / step }, (_, i) => (i * step + AFTER_MINUTES) % HOUR_MINUTES);
  return `cron(${minutes.toSorted((a, b) => a - b).join(',')} * * * ? *)`;
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
