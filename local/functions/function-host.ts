import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { HostEnvironment } from './environment-variables.ts';
import type { FunctionConfig } from './function-config.ts';
import { createFunctionPool, type FunctionPool, type PoolLimits } from './function-pool.ts';
import type { Invocation, InvocationResult } from './invocation.ts';
import { clearLeftovers } from './leftovers.ts';

const SWEEP_EVERY_MS = 100;
const IDLE_MS = 5 * 60_000;
// Lambda's own limit for a function's initialisation.
const INIT_MS = 10_000;
const LEAST_ENVIRONMENTS = 4;

/** Runs functions in child processes, as AWS runs them, except that a child is not frozen between invocations. */
export interface FunctionHost {
  add(config: FunctionConfig): void;
  /** Makes a version or alias callable. Only the current code exists on one machine, so that all lead to it. */
  qualify(name: string, qualifier: string): void;
  hasQualifier(name: string, qualifier: string): boolean;
  find(name: string): FunctionConfig | undefined;
  list(): readonly FunctionConfig[];
  /** @throws RangeError for a function that was never added: callers look it up first */
  invoke(name: string, invocation: Invocation): Promise<InvocationResult>;
  /** Child processes now, of all functions. */
  environments(): number;
  /** Ends every child; requests under way get an exit error. */
  close(): Promise<void>;
}

export function createFunctionHost(host: HostEnvironment, limits: Partial<PoolLimits> = {}): FunctionHost {
  const poolLimits: PoolLimits = {
    environmentsPerFunction: limits.environmentsPerFunction ?? Math.max(LEAST_ENVIRONMENTS, 2 * availableParallelism()),
    idleMs: limits.idleMs ?? IDLE_MS,
    initMs: limits.initMs ?? INIT_MS,
  };
  clearLeftovers(path.join(host.directory, 'tmp'));
  const pools = new Map<string, FunctionPool>();
  const qualifiers = new Set<string>();
  const sweeper = setInterval(() => {
    for (const pool of pools.values()) pool.sweep();
  }, SWEEP_EVERY_MS);
  sweeper.unref();

  return {
    add(config) {
      pools.set(config.name, createFunctionPool(config, host, poolLimits));
    },
    qualify: (name, qualifier) => {
      qualifiers.add(`${name}:${qualifier}`);
    },
    hasQualifier: (name, qualifier) => qualifier === '$LATEST' || qualifiers.has(`${name}:${qualifier}`),
    find: (name) => pools.get(name)?.config,
    list: () => [...pools.values()].map((pool) => pool.config),
    environments: () => [...pools.values()].reduce((sum, pool) => sum + pool.environments(), 0),
    invoke(name, invocation) {
      const pool = pools.get(name);
      if (pool === undefined) throw new RangeError(`no function ${name} was added to the host`);
      return pool.invoke(invocation);
    },
    async close() {
      clearInterval(sweeper);
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}
