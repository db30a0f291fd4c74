import * as z from 'zod';
import { timestampMs } from '../rpc/operation.ts';

const number = () => z.coerce.number();
const instant = () => z.union([timestampMs(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);

const RetryPolicy = z.strictObject({
  MaximumEventAgeInSeconds: number().pipe(z.number().int().min(60).max(86_400)).default(86_400),
  MaximumRetryAttempts: number().pipe(z.number().int().min(0).max(185)).default(185),
});

const Target = z.strictObject({
  Arn: z.string().startsWith('arn:'),
  RoleArn: z.string(),
  Input: z
    .string()
    .max(256 * 1024)
    .optional(),
  RetryPolicy: RetryPolicy.prefault({}),
  DeadLetterConfig: z.strictObject({ Arn: z.string().optional() }).optional(),
});

/** What templates and requests say of a schedule alike. */
export const ScheduleProperties = z.strictObject({
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  Description: z.string().max(512).optional(),
  EndDate: instant().optional(),
  FlexibleTimeWindow: z.strictObject({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: number().optional(),
  }),
  GroupName: z.string().default('default'),
  KmsKeyArn: z.string().optional(),
  ScheduleExpression: z.string().min(1).max(256),
  ScheduleExpressionTimezone: z.string().min(1).max(50).default('UTC'),
  StartDate: instant().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target,
});
export type ScheduleProperties = z.infer<typeof ScheduleProperties>;
