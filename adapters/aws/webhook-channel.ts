import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Notice } from '../../core/domain/alarms/notice.ts';
import type { NotificationChannel } from '../../core/ports/notices.ts';

const TIMEOUT_MS = 10_000;
const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

/**
 * A webhook whose address is a secret: whoever knows it can write there. It is read each time, so that a new one counts at once, and stands in no error.
 *
 * @param options.format the body that it takes
 */
export const webhookChannel = ({
  name,
  client,
  secretArn,
  format,
}: {
  name: string;
  client: SecretsManagerClient;
  secretArn: string;
  format: (notice: Notice) => Readonly<Record<string, unknown>>;
}): NotificationChannel => ({
  name,
  async send(notice) {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    const url = addressOf(name, SecretString.trim());
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(format(notice)),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      // The cause may name the address.
      throw new Error(`${name} cannot be reached: ${cause instanceof Error ? cause.name : 'no answer'}`);
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}: is the webhook still there?`);
  },
});

/** @throws without the address in the message */
function addressOf(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url;
  throw new Error(`the secret of ${name} is no https address: put the webhook's URL into it, as text`);
}
