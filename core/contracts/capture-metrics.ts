/** What is counted of captures, in CloudWatch's embedded metric format (EMF): written by `lambdas`, alarmed on by `lib`. */
export const METRIC_NAMESPACE = 'Keelson';
export const SERVICE_DIMENSION = 'service';

/**
 * Only what somebody should hear of is a metric, because each metric of each service is paid for by the month; the other
 * counters are fields of the same log line.
 */
export const CAPTURE_METRICS = ['capturesSpilled', 'capturesLost'] as const;

/** Requests that failed by no fault of the caller, of services that are captured. */
export const FAILURE_METRIC = 'inferenceFailures';
