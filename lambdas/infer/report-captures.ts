import type { CAPTURE_METRICS } from '../../core/contracts/capture-metrics.ts';
import type { CaptureCounters } from '../../core/usecases/capture-predictions.ts';
import { metricLine } from '../_shared/metric-line.ts';

/** The counters as metrics, as far as somebody should hear of them; all of them beside. */
export const reportCaptures =
  (service: string, { now, write }: { now: () => number; write: (line: string) => void }) =>
  (counters: CaptureCounters): void => {
    const metrics: Record<(typeof CAPTURE_METRICS)[number], number> = {
      capturesSpilled: counters.spilled,
      capturesLost: counters.lost,
    };
    write(metricLine(service, metrics, { now: now(), fields: { captures: counters } }));
  };
