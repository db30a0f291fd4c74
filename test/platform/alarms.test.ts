import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALARM_KINDS, AlarmList } from '../../core/contracts/alarms.ts';
import { type Platform, startPlatform } from '../../local/platform.ts';
import { synthesize } from '../lib/synthesize.ts';
import { register } from '../support/api-calls.ts';
import { offsetModel } from '../support/offset-model.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** As the local Secrets Manager names it. */
const secretArn = (name: string) =>
  `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;

interface Receiver {
  readonly server: Server;
  readonly url: string;
  readonly got: Record<string, unknown>[];
  fails: boolean;
}

/** Takes JSON as Slack and Teams do, and refuses what is none. */
async function receiver(): Promise<Receiver> {
  const got: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const isJson = request.headers['content-type'] === 'application/json' && request.method === 'POST';
      if (isJson && !self.fails) got.push(JSON.parse(Buffer.concat(pieces).toString()));
      response.writeHead(self.fails ? 500 : isJson ? 200 : 400).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: Receiver = {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    fails: false,
  };
  return self;
}

let folder: string;
let platform: Platform;
let slack: Receiver;
let teams: Receiver;
let cloudWatch: CloudWatchClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-alarms-'));
  slack = await receiver();
  teams = await receiver();
  const assembly = await synthesize({
    services: { fraud: { capture: {}, monitor: { alarms: { off: ['no-data'] } } } },
    notifications: {
      email: ['on-call@example.com'],
      slackSecretArn: secretArn('slack'),
      teamsSecretArn: secretArn('teams'),
    },
  });
  platform = await startPlatform({ assembly, dataDirectory: join(folder, 'data') });
  const place = (service: string) => ({
    endpoint: platform.endpoints[service] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  cloudWatch = new CloudWatchClient(place('CLOUDWATCH'));
  const secrets = new SecretsManagerClient(place('SECRETS_MANAGER'));
  await secrets.send(new CreateSecretCommand({ Name: 'slack', SecretString: slack.url }));
  await secrets.send(new CreateSecretCommand({ Name: 'teams', SecretString: teams.url }));
  secrets.destroy();
  await register(platform.url, 'fraud', offsetModel(1));
}, 120_000);
afterAll(async () => {
  cloudWatch?.destroy();
  await platform?.close();
  slack?.server.close();
  teams?.server.close();
  rmSync(folder, { recursive: true, force: true });
});

const alarms = async () => AlarmList.parse(await (await fetch(`${platform.url}/api/services/fraud/alarms`)).json());

/** What the monitor says of a window, minutes after its end; then an hour passes. */
async function aWindow(driftBreached: number, { minutes = 60 } = {}): Promise<void> {
  await platform.advance(HOUR_MS - (platform.clock.now() % HOUR_MS) + 4 * MINUTE_MS);
  await cloudWatch.send(
    new PutMetricDataCommand({
      Namespace: 'Keelson',
      MetricData: [
        {
          MetricName: 'driftBreached',
          Dimensions: [{ Name: 'service', Value: 'fraud' }],
          Timestamp: new Date(platform.clock.now()),
          Value: driftBreached,
          Unit: 'Count',
        },
      ],
    }),
  );
  for (let i = 0; i < minutes; i += 2) await platform.advance(2 * MINUTE_MS);
}

const titles = (receiver: Receiver) =>
  receiver.got.map((message) => JSON.stringify(message).match(/fraud: [a-z-]+( is over)?/)?.[0]);

describe('the alarms of a monitored service', () => {
  it('are there, each with what it means, how often it is wrong, and a runbook', async () => {
    const { alarms: found } = await alarms();
    expect(found.map(({ kind }) => kind).toSorted()).toEqual(
      ALARM_KINDS.filter((kind) => kind !== 'no-data').toSorted(),
    );
    for (const alarm of found) {
      expect(alarm.runbook).toBe(`docs/runbooks/${alarm.kind}.md`);
      expect(alarm.means).not.toBe('');
      expect(alarm.falseAlarms.says).not.toBe('');
    }
    expect(found.find(({ kind }) => kind === 'drift')?.threshold).toBe('>= 1 in 2 of 3 periods of 3600 s');
  });

  it('page when M of N windows breach, once by every channel, and tell when it is over', async () => {
    await aWindow(0);
    await aWindow(1);
    expect(slack.got).toEqual([]);
    await aWindow(1);
    await expect.poll(() => [titles(slack), titles(teams)]).toEqual([['fraud: drift'], ['fraud: drift']]);
    expect((await alarms()).alarms.find(({ kind }) => kind === 'drift')).toMatchObject({ state: 'ALARM' });
    for (let i = 0; i < 3; i += 1) await aWindow(0);
    const both = ['fraud: drift', 'fraud: drift is over'];
    await expect.poll(() => [titles(slack), titles(teams)]).toEqual([both, both]);
    const { got } = slack;
    expect(got[1]).toMatchObject({ text: expect.stringMatching(/after \d+ hours/) });
    expect(teams.got[0]).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
    });
    const mail = (await (await fetch(`${platform.endpoints['ADMIN']}/mail`)).json()) as { subject: string }[];
    expect(mail.map(({ subject }) => subject).toReversed()).toEqual(both);
  });

  it('are told by the others where one channel fails, and by that one as soon as it works', async () => {
    const [ofSlack, ofTeams] = [slack.got.length, teams.got.length];
    slack.fails = true;
    await aWindow(1);
    // The alarm goes off; Lambda asks again after one minute, and after two more.
    await aWindow(1, { minutes: 2 });
    await expect.poll(() => teams.got.length).toBe(ofTeams + 1);
    expect(slack.got.length).toBe(ofSlack);
    slack.fails = false;
    for (let i = 0; i < 4; i += 1) await platform.advance(MINUTE_MS);
    await expect.poll(() => slack.got.length, { timeout: 10_000 }).toBe(ofSlack + 1);
    expect(teams.got.length).toBe(ofTeams + 1);
  });

  it('fail for a service that nobody knows', async () => {
    expect((await fetch(`${platform.url}/api/services/nobody/alarms`)).status).toBe(404);
  });
});
