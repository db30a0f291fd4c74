import type { Clock } from '../clock.ts';
import type { CloudWatchService } from '../services/cloudwatch.ts';

/** Told of every answer of an HTTP API. */
export type OnAnswer = (statusCode: number, latencyMs: number) => void;

/** The metrics that API Gateway publishes of an HTTP API, gathered in memory. */
export function createApiMetrics(cloudWatch: CloudWatchService, clock: Clock, apiId: string): OnAnswer {
  const series = (name: string, unit: 'Count' | 'Milliseconds') =>
    cloudWatch.series({ namespace: 'AWS/ApiGateway', name, dimensions: [{ Name: 'ApiId', Value: apiId }] }, unit);
  const count = series('Count', 'Count');
  const clientErrors = series('4xx', 'Count');
  const serverErrors = series('5xx', 'Count');
  const latency = series('Latency', 'Milliseconds');
  return (statusCode, latencyMs) => {
    const nowMs = clock.now();
    count.record(1, nowMs);
    // Zero where there was no error, so that their average is a rate.
    clientErrors.record(statusCode >= 400 && statusCode < 500 ? 1 : 0, nowMs);
    serverErrors.record(statusCode >= 500 ? 1 : 0, nowMs);
    latency.record(latencyMs, nowMs);
  };
}
