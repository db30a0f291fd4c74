import { type Size, Token, Validations } from 'aws-cdk-lib';
import type { CfnFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { HOURLY_PRICE_ACKNOWLEDGEMENT } from '../checks/hourly-prices.ts';
import { DEFAULT_MANAGED_CONCURRENCY, managedInstancesProblem } from '../config.ts';
import type { ManagedInstancesProps } from './function-props.ts';

/**
 * Puts a function on Lambda Managed Instances. Whoever deploys needs `lambda:PassCapacityProvider` for the provider.
 *
 * @throws for what Lambda would refuse, saying what to do
 */
export function runOnManagedInstances(
  handler: LambdaFunction,
  props: ManagedInstancesProps,
  { memory, reservedConcurrency }: { memory: Size; reservedConcurrency?: number },
): void {
  const { capacityProviderArn, maxConcurrency = DEFAULT_MANAGED_CONCURRENCY, memoryGiBPerVCpu = 2 } = props;
  const problem = managedInstancesProblem({
    capacityProviderArn: Token.isUnresolved(capacityProviderArn) ? undefined : capacityProviderArn,
    maxConcurrency,
    memoryGiBPerVCpu,
    memoryMiB: memory.isUnresolved() ? undefined : memory.toMebibytes(),
    reservedConcurrency,
  });
  if (problem !== undefined) throw new Error(`${handler.node.path}: ${problem}`);
  const resource = handler.node.defaultChild as CfnFunction;
  resource.capacityProviderConfig = {
    lambdaManagedInstancesCapacityProviderConfig: {
      capacityProviderArn,
      perExecutionEnvironmentMaxConcurrency: maxConcurrency,
      executionEnvironmentMemoryGiBPerVCpu: memoryGiBPerVCpu,
    },
  };
  // Such a function is called by a published version only; without a qualifier the caller gets this one.
  resource.publishToLatestPublished = true;
  Validations.of(resource).acknowledge({
    id: HOURLY_PRICE_ACKNOWLEDGEMENT,
    reason: 'Instances that are paid for by the hour, by choice: managedInstances was declared',
  });
}
