import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { createAgenda } from '../../../local/agenda.ts';
import { type Clock, createClock } from '../../../local/clock.ts';
import type { Outcome } from '../../../local/services/delivery/delivery-queue.ts';
import { createTargets } from '../../../local/services/delivery/targets.ts';
import { createEventBridgeService, type EventBridgeService } from '../../../local/services/event-bridge.ts';
import { createSecretsManagerService, type SecretsManagerService } from '../../../local/services/secrets-manager.ts';
import { createSnsService, type SnsService } from '../../../local/services/sns.ts';
import { serve } from '../../support/serve.ts';

/** Midday of some day. */
export const NOON = Date.UTC(2026, 5, 1, 12);
export const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:page';

export interface LocalMessaging extends AsyncDisposable {
  readonly events: EventBridgeService;
  readonly sns: SnsService;
  readonly secrets: SecretsManagerService;
  readonly eventBridgeClient: EventBridgeClient;
  readonly snsClient: SNSClient;
  readonly secretsClient: SecretsManagerClient;
  /** What the function got, as JSON. */
  readonly invoked: unknown[];
  advance(ms: number): Promise<void>;
}

/** EventBridge, SNS and Secrets Manager over HTTP, with one function. */
export async function openLocalMessaging({
  directory,
  clock = createClock({ wall: () => NOON }),
  invoke = () => ({ kind: 'delivered' }),
}: {
  directory: string;
  clock?: Clock;
  invoke?: (attempt: number) => Outcome;
}): Promise<LocalMessaging> {
  const invoked: unknown[] = [];
  const lambda = {
    refusal: (arn: string) => (arn === FUNCTION ? undefined : `there is no function ${arn}`),
    async deliver({ payload, attempt }: { payload: string; attempt: number }) {
      invoked.push(JSON.parse(payload));
      return invoke(attempt);
    },
  };
  const common = { directory, clock, account: '000000000000', region: 'us-east-1' };
  const sns = createSnsService({ ...common, targets: createTargets({ lambda }) });
  const events = createEventBridgeService({ ...common, targets: createTargets({ lambda, sns: sns.target }) });
  const secrets = createSecretsManagerService(common);
  const agenda = createAgenda(clock);
  for (const source of [...events.sources, ...sns.sources]) agenda.add(source);
  const servers = await Promise.all([events, sns, secrets].map(serve));
  const options = (index: number) => ({
    endpoint: servers[index]?.url ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const eventBridgeClient = new EventBridgeClient(options(0));
  const snsClient = new SNSClient(options(1));
  const secretsClient = new SecretsManagerClient(options(2));
  return {
    events,
    sns,
    secrets,
    eventBridgeClient,
    snsClient,
    secretsClient,
    invoked,
    advance: (ms) => agenda.advance(ms),
    async [Symbol.asyncDispose]() {
      for (const client of [eventBridgeClient, snsClient, secretsClient]) client.destroy();
      for (const { close } of servers) await close();
    },
  };
}
