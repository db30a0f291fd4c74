import type { BaselineJob } from '../../core/contracts/baselines.ts';
import type { BaselineJobs } from '../../core/ports/baseline-jobs.ts';

export function memoryBaselineJobs(): BaselineJobs {
  const jobs = new Map<string, BaselineJob>();
  const nameOf = ({ service, version }: Pick<BaselineJob, 'service' | 'version'>) => `${service}/${version}`;
  return {
    async start(job, { abandonedMs }) {
      const known = jobs.get(nameOf(job));
      const isAbandoned = (at: string) => Date.parse(at) < Date.parse(job.requestedAt) - abandonedMs;
      if (known?.state === 'PENDING' && !isAbandoned(known.requestedAt)) return false;
      jobs.set(nameOf(job), job);
      return true;
    },
    find: async (service, version) => jobs.get(nameOf({ service, version })),
    async end(job) {
      const known = jobs.get(nameOf(job));
      if (known?.id === job.id && known.state === 'PENDING') jobs.set(nameOf(job), job);
    },
  };
}
