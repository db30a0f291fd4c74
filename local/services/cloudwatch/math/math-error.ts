import { AwsError } from '../../rpc/aws-error.ts';

/** As CloudWatch refuses an expression. */
export const mathError = (expression: string, reason: string): AwsError =>
  new AwsError('ValidationError', `Error in expression '${expression}': ${reason}`);
