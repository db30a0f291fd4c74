import { statSync } from 'node:fs';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type LocalMessaging, openLocalMessaging } from './local-messaging.ts';

const WEBHOOK = { description: '', initial: () => 'generated' };

const value = async ({ secretsClient }: LocalMessaging) =>
  (await secretsClient.send(new GetSecretValueCommand({ SecretId: 'webhook' }))).SecretString;

it('a secret keeps what was put into it over a restart, whatever its template says of the first value', async () => {
  using folder = temporaryFolder();
  {
    await using first = await openLocalMessaging({ directory: folder.path });
    first.secrets.ensureSecret('webhook', WEBHOOK);
    expect(await value(first)).toBe('generated');
    await first.secretsClient.send(new PutSecretValueCommand({ SecretId: 'webhook', SecretString: 'mine' }));
  }
  await using second = await openLocalMessaging({ directory: folder.path });
  second.secrets.ensureSecret('webhook', WEBHOOK);
  expect(await value(second)).toBe('mine');
  expect(statSync(folder.path).mode & 0o077).toBe(0);
});
