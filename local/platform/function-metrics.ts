import type { Clock } from '../clock.ts';
import type { FunctionObserver } from '../functions/function-observer.ts';
import type { Series } from '../services/cloudwatch/metrics/metric-store.ts';
import type { CloudWatchService } from '../services/cloudwatch.ts';

const NAMESPACE = 'AWS/Lambda';

interface FunctionSeries {
  readonly invocations: Series;
  readonly errors: Series;
  readonly throttles: Series;
  readonly duration: Series;
  readonly concurrentExecutions: Series;
}

/** The metrics that Lambda publishes of each function, gathered in memory; what functions print goes to CloudWatch line by line. */
export function createFunctionMetrics(cloudWatch: CloudWatchService, clock: Clock): FunctionObserver {
  const functions = new Map<string, FunctionSeries>();
  const of = (name: string): FunctionSeries => {
    const known = functions.get(name);
    if (known !== undefined) return known;
    const series = (metric: string, unit: 'Count' | 'Milliseconds') =>
      cloudWatch.series(
        { namespace: NAMESPACE, name: metric, dimensions: [{ Name: 'FunctionName', Value: name }] },
        unit,
      );
    const made = {
      invocations: series('Invocations', 'Count'),
      errors: series('Errors', 'Count'),
      throttles: series('Throttles', 'Count'),
      duration: series('Duration', 'Milliseconds'),
      concurrentExecutions: series('ConcurrentExecutions', 'Count'),
    };
    functions.set(name, made);
    return made;
  };
  return {
    line: (text) => cloudWatch.takeLine(text),
    began: (name, concurrency) => of(name).concurrentExecutions.record(concurrency, clock.now()),
    ended(name, { durationMs, isError }) {
      const { invocations, errors, throttles, duration } = of(name);
      const nowMs = clock.now();
      invocations.record(1, nowMs);
      errors.record(isError ? 1 : 0, nowMs);
      throttles.record(0, nowMs);
      duration.record(durationMs, nowMs);
    },
    throttled: (name) => of(name).throttles.record(1, clock.now()),
  };
}
