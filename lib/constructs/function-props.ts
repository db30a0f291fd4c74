import type { Duration, Size } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What can be chosen for every function. */
export interface FunctionProps {
  /** Memory of the function; its share of a processor grows with it, one whole at 1769 MiB. @default - depends on the function */
  readonly memory?: Size;
  /** How long one request may take, at most 29 s. @default - depends on the function */
  readonly timeout?: Duration;
  /** Concurrent executions set aside for this function, which it cannot exceed. @default - the account's common limit */
  readonly reservedConcurrency?: number;
  /** How long the function's log is kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

/** Instances that are paid for by the hour, on which a process takes several requests at a time: Lambda Managed Instances. */
export interface ManagedInstancesProps {
  /** An existing capacity provider, in whose subnets and on whose instances the function runs. */
  readonly capacityProviderArn: string;
  /** Requests that one process answers at a time, at most. @default 64 */
  readonly maxConcurrency?: number;
  /** Memory that comes with a processor: 2, 4 or 8. @default 2 */
  readonly memoryGiBPerVCpu?: number;
}
