import { AwsError } from '../rpc/aws-error.ts';

/** A time zone of the tz database. */
export interface TimeZone {
  /** The wall clock there, written as if it were UTC. */
  toLocal(utcMs: number): number;
  /** When the wall clock there shows it first; undefined for a time that is skipped when clocks go forward. */
  toUtc(localMs: number): number | undefined;
}

const DAY_MS = 86_400_000;

/** @throws ValidationException for a zone that is not known */
export function timeZone(name: string): TimeZone {
  const format = dateTimeFormat(name);
  const toLocal = (utcMs: number): number => {
    const parts = Object.fromEntries(format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts as Record<string, number>;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
  const offset = (utcMs: number): number => toLocal(utcMs) - Math.floor(utcMs / 1000) * 1000;
  return {
    toLocal,
    toUtc(localMs) {
      const offsets = [localMs - DAY_MS, localMs + DAY_MS].map(offset);
      const valid = offsets.map((each) => localMs - each).filter((utcMs) => toLocal(utcMs) === localMs);
      return valid.length === 0 ? undefined : Math.min(...valid);
    },
  };
}

function dateTimeFormat(timeZoneName: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: timeZoneName,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new AwsError('ValidationException', `Invalid ScheduleExpressionTimezone ${timeZoneName}.`);
  }
}
