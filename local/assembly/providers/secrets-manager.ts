import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { SecretsManagerService } from '../../services/secrets-manager.ts';
import { boolean, defineProvider, noEffect, number, type Providers } from '../provider.ts';

const GenerateSecretString = z.strictObject({
  ExcludeCharacters: noEffect('generated secrets are of letters and digits here'),
  ExcludeLowercase: noEffect('generated secrets are of letters and digits here'),
  ExcludeNumbers: noEffect('generated secrets are of letters and digits here'),
  ExcludePunctuation: noEffect('generated secrets are of letters and digits here'),
  ExcludeUppercase: noEffect('generated secrets are of letters and digits here'),
  GenerateStringKey: z.string().optional(),
  IncludeSpace: boolean().optional(),
  PasswordLength: number().default(32),
  RequireEachIncludedType: noEffect('generated secrets are of letters and digits here'),
  SecretStringTemplate: z.string().default('{}'),
});

const SecretProperties = z.strictObject({
  Description: z.string().default(''),
  GenerateSecretString: GenerateSecretString.optional(),
  KmsKeyId: noEffect('nothing is encrypted on one machine'),
  Name: z.string().optional(),
  SecretString: z.string().optional(),
  Tags: noEffect('nothing reads tags'),
});

/** Secrets; what was put into one stays, whatever the template says of its first value. */
export function secretsProviders(secrets: Pick<SecretsManagerService, 'ensureSecret'>): Providers {
  return {
    'AWS::SecretsManager::Secret': defineProvider({
      properties: SecretProperties,
      naming: { property: 'Name', maxLength: 512 },
      create({ name, properties }) {
        const { Description: description, SecretString: text, GenerateSecretString: generated } = properties;
        const initial = text === undefined ? generated && (() => generate(generated)) : () => text;
        const arn = secrets.ensureSecret(name, { description, initial });
        return { ref: arn, attributes: { Id: arn } };
      },
    }),
  };
}

function generate({
  PasswordLength,
  GenerateStringKey,
  SecretStringTemplate,
}: z.infer<typeof GenerateSecretString>): string {
  const password = randomBytes(PasswordLength).toString('hex').slice(0, PasswordLength);
  if (GenerateStringKey === undefined) return password;
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: password });
}
