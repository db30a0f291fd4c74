import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

export interface OpenedSecretsManager {
  readonly client: SecretsManagerClient;
  close(): Promise<void>;
}

/** What every Secrets Manager must do that the platform uses. */
export function describeSecretsManager(name: string, open: () => Promise<OpenedSecretsManager>): void {
  describe(`Secrets Manager: ${name}`, () => {
    let secrets: OpenedSecretsManager;
    beforeAll(async () => {
      secrets = await open();
    }, 60_000);
    afterAll(() => secrets?.close());

    const value = async (SecretId: string) =>
      (await secrets.client.send(new GetSecretValueCommand({ SecretId }))).SecretString;

    it('gives the value that was put last, by name and by ARN', async () => {
      const { ARN = '' } = await secrets.client.send(new CreateSecretCommand({ Name: 'slack', SecretString: 'first' }));
      expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:\d{12}:secret:slack-\w{6}$/);
      expect(await value('slack')).toBe('first');
      const { VersionStages } = await secrets.client.send(
        new PutSecretValueCommand({ SecretId: ARN, SecretString: 'second' }),
      );
      expect(VersionStages).toEqual(['AWSCURRENT']);
      expect(await value(ARN)).toBe('second');
    });

    it('describes a secret without its value', async () => {
      await secrets.client.send(
        new CreateSecretCommand({ Name: 'described', Description: 'a webhook', SecretString: 'hidden' }),
      );
      const described = await secrets.client.send(new DescribeSecretCommand({ SecretId: 'described' }));
      expect(described).toMatchObject({ Name: 'described', Description: 'a webhook' });
      expect(JSON.stringify(described)).not.toContain('hidden');
    });

    it('fails to give the value of a secret that is not there, or has none yet', async () => {
      await secrets.client.send(new CreateSecretCommand({ Name: 'empty' }));
      for (const id of ['none', 'empty'])
        await expect(value(id)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });

    it('fails to create a secret twice', async () => {
      const create = () => secrets.client.send(new CreateSecretCommand({ Name: 'twice', SecretString: 'a' }));
      await create();
      await expect(create()).rejects.toMatchObject({ name: 'ResourceExistsException' });
    });
  });
}
