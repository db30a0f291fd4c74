import { mkdirSync } from 'node:fs';
import * as z from 'zod';
import { logGroupDirectory } from '../../functions/log-stream.ts';
import { defineProvider, noEffect, type Providers } from '../provider.ts';

const LogGroupProperties = z.strictObject({
  DataProtectionPolicy: noEffect('logs are plain files of this machine'),
  DeletionProtectionEnabled: noEffect('nothing deletes log groups'),
  FieldIndexPolicies: noEffect('logs are plain files of this machine'),
  KmsKeyId: noEffect('nothing is encrypted on one machine'),
  LogGroupClass: noEffect('logs are plain files of this machine'),
  LogGroupName: z.string().optional(),
  RetentionInDays: noEffect('old log files go by number and size, not by age'),
  Tags: noEffect('nothing reads tags'),
});

/** Log groups are folders below `logsDirectory`. */
export function logsProviders({ logsDirectory }: { logsDirectory: string }): Providers {
  return {
    'AWS::Logs::LogGroup': defineProvider({
      properties: LogGroupProperties,
      naming: { property: 'LogGroupName', maxLength: 512 },
      create({ name, stack }) {
        mkdirSync(logGroupDirectory(logsDirectory, name), { recursive: true });
        return { ref: name, attributes: { Arn: `arn:aws:logs:${stack.region}:${stack.account}:log-group:${name}:*` } };
      },
    }),
  };
}
