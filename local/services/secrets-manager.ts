import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { AwsError } from './rpc/aws-error.ts';
import { defineOperation } from './rpc/operation.ts';
import { createRpcHandler } from './rpc/rpc-handler.ts';
import { createSecretTable, SECRET_SCHEMA, type Secret } from './secrets/secret-table.ts';
import type { LocalService } from './service.ts';
import { openSqlite } from './sqlite.ts';

export interface SecretsManagerService extends LocalService {
  /**
   * Makes a secret without a value, or keeps the one of this name with its value; `initial` is its first value where it has none.
   *
   * @returns its ARN
   */
  ensureSecret(name: string, options: { description: string; initial: (() => string) | undefined }): string;
}

const CURRENT = 'AWSCURRENT';
const VALUE_LIMIT_BYTES = 65_536;
const FOLDER_MODE = 0o700;

const SecretId = { SecretId: z.string().min(1).max(2048) };
const Value = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= VALUE_LIMIT_BYTES, { message: 'must have 65536 bytes at most' });
const Name = z.string().regex(/^[/_+=.@\-A-Za-z0-9]{1,512}$/);
const token = { ClientRequestToken: z.string().optional() };

/** Secrets Manager on one machine: secrets and their current values, in a folder that only its owner can read. */
export function createSecretsManagerService({
  directory,
  clock,
  account,
  region,
}: {
  directory: string;
  clock: Clock;
  account: string;
  region: string;
}): SecretsManagerService {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, FOLDER_MODE);
  const database = openSqlite(directory, 'secrets.sqlite', SECRET_SCHEMA);
  const table = createSecretTable(database);
  // AWS puts six random characters behind the name; these are the same at every start.
  const arnOf = (name: string): string =>
    `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`;
  const require = (id: string): Secret => {
    const secret = table.find(id);
    if (secret !== undefined) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const make = (name: string, { description, value }: { description: string; value: string | undefined }): Secret => {
    const nowMs = clock.now();
    const version = value === undefined ? undefined : randomUUID();
    const secret = { arn: arnOf(name), name, description, value, version, createdAtMs: nowMs, changedAtMs: nowMs };
    table.put(secret);
    return secret;
  };
  const put = (secret: Secret, value: string): Secret => {
    const changed = { ...secret, value, version: randomUUID(), changedAtMs: clock.now() };
    table.put(changed);
    return changed;
  };
  const invalid = { errorType: 'InvalidParameterException' };

  return {
    endpointId: 'SECRETS_MANAGER',
    handle: createRpcHandler('Secrets Manager', {
      CreateSecret: defineOperation(
        z.strictObject({ Name, Description: z.string().default(''), SecretString: Value.optional(), ...token }),
        (input) => {
          if (table.find(input.Name) !== undefined) {
            throw new AwsError(
              'ResourceExistsException',
              `The operation failed because the secret ${input.Name} already exists.`,
            );
          }
          const secret = make(input.Name, { description: input.Description, value: input.SecretString });
          return {
            ARN: secret.arn,
            Name: secret.name,
            ...(secret.version === undefined ? {} : { VersionId: secret.version }),
          };
        },
        invalid,
      ),
      PutSecretValue: defineOperation(
        z.strictObject({ ...SecretId, SecretString: Value, ...token }),
        (input) => {
          const { arn, name, version } = put(require(input.SecretId), input.SecretString);
          return { ARN: arn, Name: name, VersionId: version, VersionStages: [CURRENT] };
        },
        invalid,
      ),
      GetSecretValue: defineOperation(
        z.strictObject({ ...SecretId, VersionStage: z.literal(CURRENT).optional() }),
        (input) => {
          const { arn, name, value, version, changedAtMs } = require(input.SecretId);
          if (value === undefined) {
            const message = `Secrets Manager can't find the specified secret value for staging label: ${CURRENT}`;
            throw new AwsError('ResourceNotFoundException', message);
          }
          return {
            ARN: arn,
            Name: name,
            SecretString: value,
            VersionId: version,
            VersionStages: [CURRENT],
            CreatedDate: new Date(changedAtMs),
          };
        },
        invalid,
      ),
      DescribeSecret: defineOperation(
        z.strictObject(SecretId),
        (input) => {
          const { arn, name, description, version, createdAtMs, changedAtMs } = require(input.SecretId);
          return {
            ARN: arn,
            Name: name,
            Description: description,
            CreatedDate: new Date(createdAtMs),
            LastChangedDate: new Date(changedAtMs),
            VersionIdsToStages: version === undefined ? {} : { [version]: [CURRENT] },
          };
        },
        invalid,
      ),
    }),
    ensureSecret(name, { description, initial }) {
      const secret = table.find(name) ?? make(name, { description, value: undefined });
      if (secret.value === undefined && initial !== undefined) put(secret, initial());
      return secret.arn;
    },
    close: () => database.close(),
  };
}
