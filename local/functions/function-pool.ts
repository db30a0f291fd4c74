import type { HostEnvironment } from './environment-variables.ts';
import { type ExecutionEnvironment, startExecutionEnvironment } from './execution-environment.ts';
import type { FunctionConfig } from './function-config.ts';
import type { Invocation, InvocationResult } from './invocation.ts';

export interface PoolLimits {
  /** Processes of one function at most. */
  readonly environmentsPerFunction: number;
  /** A process without a request for this long is ended. */
  readonly idleMs: number;
  /** How long a process may take until it is ready, where the function's own timeout is not longer. */
  readonly initMs: number;
}

/** All execution environments of one function and the requests that wait for one. */
export interface FunctionPool {
  readonly config: FunctionConfig;
  invoke(invocation: Invocation): Promise<InvocationResult>;
  environments(): number;
  /** Looks after memory and idle processes; the host calls it often. */
  sweep(): void;
  close(): Promise<void>;
}

interface Waiting {
  readonly invocation: Invocation;
  readonly settle: (result: InvocationResult) => void;
  readonly timer: NodeJS.Timeout;
}

export function createFunctionPool(config: FunctionConfig, host: HostEnvironment, limits: PoolLimits): FunctionPool {
  const environments = new Set<ExecutionEnvironment>();
  const waiting: Waiting[] = [];
  let underWay = 0;
  let closed: (() => void) | undefined;

  const free = (): ExecutionEnvironment | undefined => {
    for (const environment of environments) {
      if (environment.isReady() && environment.load() < config.concurrencyPerEnvironment) return environment;
    }
    return undefined;
  };

  const dispatch = (): void => {
    while (waiting.length > 0) {
      const environment = free();
      if (environment === undefined) return;
      const next = waiting.shift() as Waiting;
      clearTimeout(next.timer);
      run(environment, next.invocation).then(next.settle);
    }
  };

  const run = async (environment: ExecutionEnvironment, invocation: Invocation): Promise<InvocationResult> => {
    const result = await environment.invoke(invocation);
    if (waiting.length > 0) dispatch();
    return result;
  };

  const failFirst = (initError: (requestId: string) => InvocationResult): void => {
    const first = waiting.shift();
    if (first === undefined) return;
    clearTimeout(first.timer);
    first.settle(initError(first.invocation.requestId));
  };

  const starting = (): number => [...environments].filter((environment) => !environment.isReady()).length;

  /** One process more than are starting for each request that waits, up to the limit; whichever is free first takes it. */
  const startForWaiting = (): void => {
    while (
      closed === undefined &&
      environments.size < limits.environmentsPerFunction &&
      starting() * config.concurrencyPerEnvironment < waiting.length
    ) {
      const environment: ExecutionEnvironment = startExecutionEnvironment(config, host, {
        initLimitMs: Math.max(limits.initMs, config.timeoutMs),
        ready: dispatch,
        gone: (initError) => {
          environments.delete(environment);
          if (initError !== undefined) failFirst(initError);
          if (closed !== undefined && environments.size === 0) closed();
          startForWaiting();
        },
      });
      environments.add(environment);
    }
  };

  const wait = (invocation: Invocation): Promise<InvocationResult> =>
    new Promise((settle) => {
      // The wait for a place is not the function's fault, so it does not eat into the function's own time.
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(entry), 1);
        host.observer?.throttled(config.name);
        settle({ kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' });
      }, config.timeoutMs + limits.initMs);
      const entry: Waiting = { invocation, settle, timer };
      waiting.push(entry);
      startForWaiting();
    });

  return {
    config,
    environments: () => environments.size,
    async invoke(invocation) {
      if (underWay >= (config.reservedConcurrency ?? Number.POSITIVE_INFINITY)) {
        host.observer?.throttled(config.name);
        return { kind: 'throttled', reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' };
      }
      underWay += 1;
      host.observer?.began(config.name, underWay);
      try {
        const environment = waiting.length === 0 ? free() : undefined;
        return environment === undefined ? await wait(invocation) : await run(environment, invocation);
      } finally {
        underWay -= 1;
      }
    },
    sweep() {
      const idleSinceMs = performance.now() - limits.idleMs;
      for (const environment of environments) {
        environment.checkMemory();
        if (environment.isReady() && environment.load() === 0 && environment.lastUsedMs() < idleSinceMs)
          environment.kill();
      }
    },
    close() {
      return new Promise((resolve) => {
        closed = resolve;
        for (const { settle, timer } of waiting.splice(0)) {
          clearTimeout(timer);
          settle({ kind: 'throttled', reason: 'ConcurrentInvocationLimitExceeded' });
        }
        if (environments.size === 0) resolve();
        for (const environment of environments) environment.kill();
      });
    },
  };
}
