import type { Rollout } from '../../../core/contracts/api.ts';

export function describeRollout({ service, version, previous, kind, state, id }: Rollout): string {
  const before = previous === null ? 'it is the first to serve' : `before, version ${previous} did`;
  return `${service} is served by version ${version}; ${before}.  (${kind} ${id}: ${state})`;
}
