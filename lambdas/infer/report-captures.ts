import { CAPTURE_METRICS, METRIC_NAMESPACE, SERVICE_DIMENSION } from '../../core/contracts/capture-metrics.ts';
import type { CaptureCounters } from '../../core/usecases/capture-predictions.ts';

/**
 * The counters as one line of CloudWatch's embedded metric format. `write` must reach the log as it is: `console` would wrap the
 * line into a message where the function logs JSON, and CloudWatch would find no metric in it.
 */
export const reportCaptures =
  (service: string, { now, write }: { now: () => number; write: (line: string) => void }) =>
  (counters: CaptureCounters): void =>
    write(
      `${JSON.stringify({
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [
            {
              Namespace: METRIC_NAMESPACE,
              Dimensions: [[SERVICE_DIMENSION]],
              Metrics: CAPTURE_METRICS.map((Name) => ({ Name, Unit: 'Count' })),
            },
          ],
        },
        [SERVICE_DIMENSION]: service,
        capturesSpilled: counters.spilled,
        capturesLost: counters.lost,
        captures: counters,
      })}\n`,
    );
