import type { Bucket } from '../store/bucket-table.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { applyLifecycle, DAY_MS } from './apply-lifecycle.ts';

/** Sees to it that what is due is gone before anybody looks, without a timer: a clock that is moved needs none. */
export interface DailyLifecycle {
  /** To be called before a bucket is used. Costs nothing when it was called on the same day before. */
  apply(bucket: Bucket): void;
  /** The bucket's rules may be other ones now. */
  forget(bucketName: string): void;
}

export function createDailyLifecycle(store: ObjectStore, now: () => number): DailyLifecycle {
  const appliedOn = new Map<string, number>();
  return {
    apply(bucket) {
      const today = Math.floor(now() / DAY_MS);
      if (appliedOn.get(bucket.name) === today) return;
      applyLifecycle(store, bucket, now());
      appliedOn.set(bucket.name, today);
    },
    forget(bucketName) {
      appliedOn.delete(bucketName);
    },
  };
}
