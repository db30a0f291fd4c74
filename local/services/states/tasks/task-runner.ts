import type { Outcome } from '../execution/execution-store.ts';
import type { Json } from '../language/json.ts';

export interface TaskCall {
  /** The integration's ARN, or a function's. */
  readonly resource: string;
  readonly input: Json;
  /** The same when a try is made again after a crash: what takes it once has no second effect. */
  readonly attempt: string;
}

/** Does what Task states ask for. */
export interface TaskRunner {
  /** Why nothing can be done at a resource; undefined where it can. */
  refusal(resource: string): string | undefined;
  /** Rejects only on a bug. */
  run(call: TaskCall): Promise<Outcome>;
}

/** One kind of integration: `lambda:invoke` or `aws-sdk:dynamodb:*`. */
export interface Integration {
  matches(name: string): boolean;
  /** Whether it can wait for a token. */
  readonly takesToken: boolean;
  run(call: TaskCall & { readonly name: string }): Promise<Outcome>;
}

const INTEGRATION = /^arn:aws:states:[^:]*:[^:]*:(.+?)(\.waitForTaskToken|\.sync(?::2)?)?$/;
const FUNCTION = /^arn:aws:lambda:/;
const CALLBACK = '.waitForTaskToken';

export const isCallback = (resource: string): boolean => resource.endsWith(CALLBACK);

export function createTaskRunner(integrations: readonly Integration[], invokeFunction: Integration['run']): TaskRunner {
  const find = (resource: string) => {
    const [, name = '', mode] = INTEGRATION.exec(resource) ?? [];
    return { name, mode, integration: integrations.find((each) => each.matches(name)) };
  };
  return {
    refusal(resource) {
      if (FUNCTION.test(resource)) return undefined;
      const { name, mode, integration } = find(resource);
      if (integration === undefined) {
        return `the local Step Functions does not implement the task '${resource}'`;
      }
      if (mode === undefined || (mode === CALLBACK && integration.takesToken)) return undefined;
      return `the local Step Functions does not implement ${mode} of '${name}'`;
    },
    async run(call) {
      if (FUNCTION.test(call.resource)) return await invokeFunction({ ...call, name: call.resource });
      const { name, integration } = find(call.resource);
      if (integration !== undefined) return await integration.run({ ...call, name });
      return { error: 'States.Runtime', cause: `the local Step Functions does not implement '${call.resource}'` };
    },
  };
}
