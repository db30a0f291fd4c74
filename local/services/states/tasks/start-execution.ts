import { AwsError } from '../../rpc/aws-error.ts';
import type { Execution } from '../execution/execution-store.ts';
import { isObject } from '../language/json.ts';
import type { Integration } from './task-runner.ts';

type Start = (machineArn: string, options: { name: string; input: string }) => Execution;

/** `states:startExecution`, without waiting for its end. Where no name is given, a try that is made again starts nothing twice. */
export const startExecutionIntegration = (start: () => Start): Integration => ({
  matches: (name) => name === 'states:startExecution' || name === 'aws-sdk:sfn:startExecution',
  takesToken: false,
  async run({ name, input, attempt }) {
    const { StateMachineArn, Name = attempt, Input = {} } = (isObject(input) ? input : {}) as Record<string, unknown>;
    const text = typeof Input === 'string' ? Input : JSON.stringify(Input);
    try {
      const { arn, startedMs } = start()(String(StateMachineArn), { name: String(Name), input: text });
      return { result: { ExecutionArn: arn, StartDate: new Date(startedMs).toISOString() } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const prefix = name.startsWith('aws-sdk') ? 'Sfn' : 'StepFunctions';
      return { error: `${prefix}.${error.type}Exception`, cause: error.message };
    }
  },
});
