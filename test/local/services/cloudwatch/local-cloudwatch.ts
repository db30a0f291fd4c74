import { CloudWatchClient, type CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { createAgenda } from '../../../../local/agenda.ts';
import { type Clock, createClock } from '../../../../local/clock.ts';
import { type CloudWatchService, createCloudWatchService } from '../../../../local/services/cloudwatch.ts';
import { serve } from '../../../support/serve.ts';

/** Midday of some day. */
export const NOON = Date.UTC(2026, 5, 1, 12);

export interface LocalCloudWatch extends AsyncDisposable {
  readonly client: CloudWatchClient;
  readonly service: CloudWatchService;
  readonly clock: Clock;
  /** Moves the clock and does what is due. */
  advance(ms: number): Promise<void>;
  /** Events of alarms, as they came to the bus. */
  readonly events: { detail: { alarmName: string; state: { value: string } }; atMs: number }[];
  /** What was told to actions. */
  readonly actions: { arn: string; payload: unknown }[];
}

export async function openLocalCloudWatch({
  directory,
  clock = createClock({ wall: () => NOON }),
  config = {},
}: {
  directory: string;
  clock?: Clock;
  config?: CloudWatchClientConfig;
}): Promise<LocalCloudWatch> {
  const events: LocalCloudWatch['events'] = [];
  const actions: LocalCloudWatch['actions'] = [];
  const service = createCloudWatchService({
    directory,
    clock,
    account: '000000000000',
    region: 'us-east-1',
    actions: {
      refusal: () => undefined,
      putEvent: ({ detail, atMs }) => void events.push({ detail: detail as never, atMs }),
      async act({ arn, payload }) {
        actions.push({ arn, payload });
        return { kind: 'delivered' };
      },
    },
  });
  const agenda = createAgenda(clock);
  for (const source of service.sources) agenda.add(source);
  const { url, close } = await serve(service);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new CloudWatchClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1, ...config });
  return {
    client,
    service,
    clock,
    events,
    actions,
    advance: (ms) => agenda.advance(ms),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await close();
    },
  };
}
