import type { BaselineJob } from '../contracts/baselines.ts';

/** The last baseline of captures that was asked for, for each version. */
export interface BaselineJobs {
  /**
   * Begins one, unless another is being made.
   *
   * @param options.abandonedMs one that was asked for longer ago than this is nobody's any more
   * @returns whether it was begun
   */
  start(job: BaselineJob, options: { readonly abandonedMs: number }): Promise<boolean>;
  find(service: string, version: number): Promise<BaselineJob | undefined>;
  /** Writes how it ended, unless another one has begun since. */
  end(job: BaselineJob): Promise<void>;
}

/** Has baselines made by a function that has minutes for it. */
export interface BaselineMaker {
  /** Returns when it is sure to be tried. @throws `captures.unavailable` */
  ask(job: Pick<BaselineJob, 'service' | 'version' | 'id'>, times: { readonly now: number }): Promise<void>;
}
