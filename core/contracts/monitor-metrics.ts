/**
 * What the monitor counts, in CloudWatch's embedded metric format: written by `lambdas/monitor`, alarmed on by `lib`. With the three
 * of capture-metrics.ts they are ten for a service, however many features it has.
 *
 * | metric | each evaluated window gives |
 * | --- | --- |
 * | `driftBreached` | 1 where a window of the declared length breaches, else 0: the alarm asks for M of N |
 * | `driftConfirmed` | 1 where a window of any series is `DRIFT` (M of N of days and weeks, slow drift), else 0 |
 * | `qualityViolations` | how many checks are violated |
 * | `performanceWorse` | 1 where labels show the model to be worse than when it was made, beyond its interval, else 0 |
 * | `biasFound` | how many watched bias metrics lie outside their range by more than chance |
 * | `windowRows` | rows of the window: no traffic is 0 |
 * | `monitorFailures` | 1 where an evaluation failed, else 0 |
 */
export type MonitorMetric =
  | 'driftBreached'
  | 'driftConfirmed'
  | 'qualityViolations'
  | 'performanceWorse'
  | 'biasFound'
  | 'windowRows'
  | 'monitorFailures';
