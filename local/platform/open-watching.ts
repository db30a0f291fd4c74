import path from 'node:path';
import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import { type CloudWatchService, createCloudWatchService } from '../services/cloudwatch.ts';
import { createTargets, functionTarget } from '../services/delivery/targets.ts';
import { createEventBridgeService, type EventBridgeService } from '../services/event-bridge.ts';
import { createSchedulerService, type SchedulerService } from '../services/scheduler.ts';
import { createSecretsManagerService, type SecretsManagerService } from '../services/secrets-manager.ts';
import type { LocalService } from '../services/service.ts';
import { createSnsService, type SnsService } from '../services/sns.ts';
import { createStepFunctionsService, type StepFunctionsService } from '../services/step-functions.ts';
import { alarmActions } from './alarm-actions.ts';

/** What watches the platform and tells of it. */
export interface Watching {
  readonly cloudWatch: CloudWatchService;
  readonly scheduler: SchedulerService;
  readonly events: EventBridgeService;
  readonly sns: SnsService;
  readonly states: StepFunctionsService;
  readonly secrets: SecretsManagerService;
}

export interface OpenedWatching extends Watching {
  readonly services: readonly LocalService[];
  readonly sources: readonly AgendaSource[];
  /** What the admin endpoint shows of them. */
  readonly views: Readonly<Record<string, () => unknown>>;
}

/** @param after what they use and what comes after them: the host of functions, the URL of a service by its SDK suffix */
export function openWatching(
  { directory, ...place }: { directory: string; clock: Clock; account: string; region: string },
  { functions, endpoint }: { functions: () => FunctionHost; endpoint: (id: string) => string },
): OpenedWatching {
  const under = (name: string) => ({ ...place, directory: path.join(directory, name) });
  const toFunctions = functionTarget(functions);
  const sns = createSnsService({ ...under('sns'), targets: createTargets({ lambda: toFunctions }) });
  const states = createStepFunctionsService({ ...under('states'), functions, endpoint });
  const targets = createTargets({ lambda: toFunctions, sns: sns.target, states: states.target });
  const events = createEventBridgeService({ ...under('events'), targets });
  const scheduler = createSchedulerService({ ...under('scheduler'), targets });
  const actions = alarmActions({ targets, events, sns });
  const cloudWatch = createCloudWatchService({ ...under('cloudwatch'), actions });
  const secrets = createSecretsManagerService(under('secrets'));
  // What is done comes before what is judged by it: alarms last.
  const due = [scheduler, events, sns, cloudWatch];
  // Workflows go on before anything is judged by what they did.
  const sources = [scheduler, events, sns, states, cloudWatch].flatMap((service) => service.sources);
  return {
    cloudWatch,
    scheduler,
    events,
    sns,
    secrets,
    states,
    services: [...due, states, secrets],
    sources,
    views: {
      '/dead-letters': () => due.flatMap((service) => service.deadLetters()),
      '/mail': () => sns.mails(),
    },
  };
}
