import type { IncomingMessage } from 'node:http';
import type { AgendaSource } from '../agenda.ts';
import type { Clock } from '../clock.ts';
import { createDeliveryQueue, type DeadLetter } from './delivery/delivery-queue.ts';
import { withinPolicy } from './delivery/retry-policy.ts';
import type { Targets } from './delivery/targets.ts';
import { AwsError, serializationError } from './rpc/aws-error.ts';
import { readBytes } from './rpc/read-request.ts';
import { sendRpcAnswer } from './rpc/send-answer.ts';
import { answerSchedulerRequest, type RestRequest } from './scheduler/rest.ts';
import type { ScheduleProperties } from './scheduler/schedule-properties.ts';
import { createScheduleTable, SCHEDULE_SCHEMA } from './scheduler/schedule-table.ts';
import { createScheduleWatch, type QueuedOccurrence } from './scheduler/schedule-watch.ts';
import { targetInput } from './scheduler/target-input.ts';
import type { LocalService } from './service.ts';
import { openSqlite } from './sqlite.ts';

export interface SchedulerService extends LocalService {
  readonly sources: readonly AgendaSource[];
  /** @throws AwsError for what Scheduler refuses. @returns the schedule's ARN */
  putSchedule(name: string, properties: ScheduleProperties): string;
  deadLetters(): DeadLetter[];
}

/**
 * EventBridge Scheduler on one machine, by the platform's clock. Each occurrence is put onto a queue on disk once, and delivered
 * from there at least once. What was due while the platform did not run is made up in order, as far back as Scheduler would still
 * deliver it (`MaximumEventAgeInSeconds`, a day unless the schedule says less).
 */
export function createSchedulerService({
  directory,
  clock,
  account,
  region,
  targets,
}: {
  directory: string;
  clock: Clock;
  account: string;
  region: string;
  targets: Targets;
}): SchedulerService {
  const database = openSqlite(directory, 'scheduler.sqlite', SCHEDULE_SCHEMA);
  const queue = createDeliveryQueue(
    database,
    async ({ id, target, payload, attempt }) => {
      const { input, retry, ...occurrence } = JSON.parse(payload) as QueuedOccurrence;
      const text = targetInput(input, { ...occurrence, attempt: attempt + 1 });
      const outcome = await targets.deliver({ id, arn: target, payload: text, attempt });
      return withinPolicy(outcome, retry, { attempt, ageMs: clock.now() - occurrence.scheduledMs });
    },
    clock.now,
  );
  const watch = createScheduleWatch(database, createScheduleTable(database), { queue, clock });
  const arnOf = (group: string, name: string) => `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`;
  const check = (target: string): void => {
    const refusal = targets.refusal(target);
    if (refusal !== undefined) throw new AwsError('ValidationException', refusal);
  };

  return {
    endpointId: 'SCHEDULER',
    async handle(request, response) {
      const exchange = { request, response };
      try {
        sendRpcAnswer(exchange, answerSchedulerRequest(await readRest(request), { watch, arnOf, check }));
      } catch (error) {
        // A client that went away in mid-request gets no answer and is no bug.
        if (request.destroyed && !request.complete) return;
        if (!(error instanceof AwsError)) throw error;
        const body = JSON.stringify({ Message: error.message });
        response.writeHead(error.statusCode, { 'content-type': 'application/json', 'x-amzn-errortype': error.type });
        response.end(body);
      }
    },
    sources: [queue, watch],
    putSchedule(name, properties) {
      check(properties.Target.Arn);
      const arn = arnOf(properties.GroupName, name);
      watch.put({ arn, name, properties, origin: 'template' });
      return arn;
    },
    deadLetters: () => queue.deadLetters(),
    close: () => database.close(),
  };
}

async function readRest(request: IncomingMessage): Promise<RestRequest> {
  const bytes = await readBytes(request);
  const url = new URL(request.url ?? '/', 'http://scheduler');
  try {
    return { method: request.method ?? 'GET', url, body: bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8')) };
  } catch (cause) {
    throw serializationError(`the request is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
