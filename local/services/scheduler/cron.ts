import type { TimeZone } from './time-zone.ts';

/** When a cron expression is due next. */
export interface Cron {
  /** The first moment after `afterMs`; undefined where there is none. */
  next(afterMs: number, zone: TimeZone): number | undefined;
}

interface LocalDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** 1 is Sunday. */
  readonly weekday: number;
  readonly lastDay: number;
}

type Matches = (day: LocalDay) => boolean;

const DAY_MS = 86_400_000;
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads the six fields of AWS's cron: minutes, hours, day of month, month, day of week, year.
 *
 * @throws RangeError for fields that AWS refuses
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  const [minutes = '', hours = '', days = '', months = '', weekdays = '', years = ''] = fields;
  if (fields.length !== 6) throw new RangeError(`six fields are needed, got ${fields.length}`);
  if ((days === '?') === (weekdays === '?')) {
    throw new RangeError('exactly one of day of month and day of week must be ?');
  }
  const minuteList = numbers(minutes, { from: 0, to: 59 });
  const hourList = numbers(hours, { from: 0, to: 23 });
  const inMonth = new Set(numbers(months, { from: 1, to: 12, names: MONTHS }));
  const inYear = new Set(numbers(years, { from: FIRST_YEAR, to: LAST_YEAR }));
  const onDay = days === '?' ? weekdayMatcher(weekdays) : dayMatcher(days);

  return {
    next(afterMs, zone) {
      const start = Math.floor(zone.toLocal(afterMs) / DAY_MS) * DAY_MS;
      for (let dayMs = start; ; dayMs += DAY_MS) {
        const day = localDay(dayMs);
        if (day.year > LAST_YEAR) return undefined;
        if (!inYear.has(day.year) || !inMonth.has(day.month) || !onDay(day)) continue;
        for (const hour of hourList) {
          for (const minute of minuteList) {
            const utcMs = zone.toUtc(dayMs + hour * 3_600_000 + minute * 60_000);
            if (utcMs !== undefined && utcMs > afterMs) return utcMs;
          }
        }
      }
    },
  };
}

function localDay(dayMs: number): LocalDay {
  const date = new Date(dayMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: date.getUTCDate(), weekday: date.getUTCDay() + 1, lastDay };
}

function dayMatcher(text: string): Matches {
  if (text === 'L') return ({ day, lastDay }) => day === lastDay;
  const near = /^(\d{1,2})W$/.exec(text)?.[1];
  if (near !== undefined) return nearestWeekday(Number(near));
  const list = new Set(numbers(text, { from: 1, to: 31 }));
  return ({ day }) => list.has(day);
}

/** The weekday that is nearest to a day, within the same month. */
function nearestWeekday(wanted: number): Matches {
  return ({ year, month, day, lastDay }) => {
    if (wanted > lastDay) return false;
    const weekday = new Date(Date.UTC(year, month - 1, wanted)).getUTCDay();
    if (weekday === 6) return day === (wanted === 1 ? 3 : wanted - 1);
    if (weekday === 0) return day === (wanted === lastDay ? wanted - 2 : wanted + 1);
    return day === wanted;
  };
}

function weekdayMatcher(text: string): Matches {
  const [, last] = /^(\w+)L$/.exec(text) ?? [];
  if (last !== undefined) {
    const [wanted] = numbers(last, { from: 1, to: 7, names: WEEKDAYS });
    return ({ weekday, day, lastDay }) => weekday === wanted && day > lastDay - 7;
  }
  const [, named, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
  if (named !== undefined) {
    const [wanted] = numbers(named, { from: 1, to: 7, names: WEEKDAYS });
    return ({ weekday, day }) => weekday === wanted && Math.ceil(day / 7) === Number(nth);
  }
  const list = new Set(numbers(text === 'L' ? '7' : text, { from: 1, to: 7, names: WEEKDAYS }));
  return ({ weekday }) => list.has(weekday);
}

/** The numbers of a field: lists, ranges, steps, names. In order, each once. */
function numbers(
  text: string,
  { from, to, names = [] }: { from: number; to: number; names?: readonly string[] },
): readonly number[] {
  const one = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const value = named >= 0 ? named + from : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= from && value <= to)) throw new RangeError(`'${word}' is not between ${from} and ${to}`);
    return value;
  };
  const values = text.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const every = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(every) || every < 1) throw new RangeError(`'${step}' is no step`);
    const [low = '', high] = range.split('-');
    const first = range === '*' ? from : one(low);
    const last = range === '*' || (high === undefined && step !== undefined) ? to : one(high ?? low);
    return Array.from(
      { length: Math.max(0, Math.floor((last - first) / every) + 1) },
      (_, index) => first + index * every,
    );
  });
  return [...new Set(values)].sort((a, b) => a - b);
}
