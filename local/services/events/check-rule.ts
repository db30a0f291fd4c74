import { AwsError } from '../rpc/aws-error.ts';
import { parseScheduleExpression } from '../scheduler/schedule-expression.ts';
import { parseEventPattern } from './event-pattern.ts';
import type { RuleTarget } from './rule-table.ts';

/** @throws AwsError for a pattern, a schedule or a target that cannot be had */
export function checkRule(
  rule: { eventPattern: string | undefined; scheduleExpression: string | undefined; targets: readonly RuleTarget[] },
  refusal: (arn: string) => string | undefined,
): void {
  if (rule.eventPattern === undefined && rule.scheduleExpression === undefined) {
    throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  if (rule.eventPattern !== undefined) parseEventPattern(rule.eventPattern);
  if (rule.scheduleExpression !== undefined) parseScheduleExpression(rule.scheduleExpression, 'UTC');
  for (const { Arn } of rule.targets) {
    const reason = refusal(Arn);
    if (reason !== undefined) throw new AwsError('ValidationException', reason);
  }
}
