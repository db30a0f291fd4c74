import { AwsError } from '../rpc/aws-error.ts';
import { parseCron } from './cron.ts';
import { timeZone } from './time-zone.ts';

/** When a schedule is due. */
export interface Timing {
  /** The first moment after `afterMs`; undefined where there is none. `fromMs`: where the schedule begins, from which rates are counted. */
  next(afterMs: number, fromMs: number): number | undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** @throws ValidationException for an expression that Scheduler refuses */
export function parseScheduleExpression(expression: string, timezone: string): Timing {
  const zone = timeZone(timezone);
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return rate(expression, argument);
  if (kind === 'at') {
    const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument) ? Date.parse(`${argument}Z`) : Number.NaN;
    if (Number.isNaN(local)) throw invalid(expression, 'at takes yyyy-mm-ddThh:mm:ss');
    const atMs = zone.toUtc(local);
    return { next: (afterMs) => (atMs !== undefined && atMs > afterMs ? atMs : undefined) };
  }
  if (kind !== 'cron') throw invalid(expression, 'it must be rate(…), cron(…) or at(…)');
  try {
    const cron = parseCron(argument);
    return { next: (afterMs, fromMs) => cron.next(Math.max(afterMs, fromMs - 1), zone) };
  } catch (cause) {
    if (cause instanceof RangeError) throw invalid(expression, cause.message);
    throw cause;
  }
}

/** Without a start date the first one is due at once, as on AWS. */
function rate(expression: string, argument: string): Timing {
  const [, value, unit] = /^(\d+) (minute|hour|day)s?$/.exec(argument) ?? [];
  const everyMs = Number(value) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (!(everyMs > 0)) throw invalid(expression, 'rate takes a number above 0 and minutes, hours or days');
  return {
    next: (afterMs, fromMs) =>
      afterMs < fromMs ? fromMs : fromMs + (Math.floor((afterMs - fromMs) / everyMs) + 1) * everyMs,
  };
}

const invalid = (expression: string, reason: string) =>
  new AwsError('ValidationException', `Invalid Schedule Expression ${expression}: ${reason}.`);
