import type { FunctionHost } from '../../functions/function-host.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import type { Outcome } from './delivery-queue.ts';

export interface TargetCall {
  /** The delivery's: the same at every try. */
  readonly id: string;
  readonly arn: string;
  readonly payload: string;
  /** Tries before this one. */
  readonly attempt: number;
}

/** What services that deliver to others can deliver to. */
export interface Targets {
  /** Why nothing can be delivered there; undefined where it can. */
  refusal(arn: string): string | undefined;
  deliver(call: TargetCall): Promise<Outcome>;
}

/** Delivers to targets of one service; `arn:aws:SERVICE:` decides which. */
export interface TargetKind {
  refusal(arn: string): string | undefined;
  deliver(call: TargetCall): Promise<Outcome>;
}

/** Waits of an asynchronous invocation of Lambda whose function failed. */
const FUNCTION_RETRIES_MS = [60_000, 120_000];
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/** How long to wait before the next try of what could not be delivered. */
export const backoffMs = (attempt: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);

export function createTargets(kinds: Readonly<Record<string, TargetKind>>): Targets {
  const kindOf = (arn: string): TargetKind | undefined => kinds[arn.split(':')[2] ?? ''];
  return {
    refusal(arn) {
      const kind = kindOf(arn);
      if (kind !== undefined) return kind.refusal(arn);
      return `a target of the service ${arn.split(':')[2]} is not available yet on the local platform, which delivers to ${Object.keys(kinds).join(', ')}: ${arn}`;
    },
    async deliver(call) {
      const kind = kindOf(call.arn);
      const refusal = kind === undefined ? `nothing delivers to ${call.arn}` : kind.refusal(call.arn);
      return kind === undefined || refusal !== undefined
        ? { kind: 'gave-up', reason: refusal ?? '' }
        : await kind.deliver(call);
    },
  };
}

/** Functions as targets: invoked asynchronously, so that a failing function is tried three times in all. */
export function functionTarget(host: () => FunctionHost): TargetKind {
  const find = (arn: string) => {
    const { name = '', qualifier } = parseFunctionName(arn) ?? {};
    const config = host().find(name);
    return config !== undefined && (qualifier === undefined || host().hasQualifier(name, qualifier))
      ? config
      : undefined;
  };
  return {
    refusal: (arn) => (find(arn) === undefined ? `there is no function ${arn}` : undefined),
    async deliver({ id, arn, payload, attempt }) {
      const config = find(arn);
      if (config === undefined) return { kind: 'gave-up', reason: `there is no function ${arn}` };
      const result = await host().invoke(config.name, { requestId: id, arn, payload });
      if (result.kind === 'answer') return { kind: 'delivered' };
      if (result.kind === 'throttled') return { kind: 'retry', afterMs: backoffMs(attempt), reason: result.reason };
      const afterMs = FUNCTION_RETRIES_MS[attempt];
      const reason = result.payload.toString('utf8');
      return afterMs === undefined ? { kind: 'gave-up', reason } : { kind: 'retry', afterMs, reason };
    },
  };
}
