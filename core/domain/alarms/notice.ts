/** What people are told of one transition of an alarm. */
export interface Notice {
  readonly title: string;
  /** What moved, how much, since when, what happens next; a sentence each. */
  readonly says: readonly string[];
  readonly facts: readonly (readonly [string, string])[];
  readonly links: readonly { readonly text: string; readonly url: string }[];
  readonly isRecovery: boolean;
}

export interface Transition {
  readonly service: string;
  readonly kind: string;
  readonly means: string;
  readonly falseAlarms: string;
  readonly state: 'ALARM' | 'OK';
  readonly atMs: number;
  /** When it had become what it no longer is. */
  readonly beforeMs?: number | undefined;
  readonly reason: string;
  readonly runbook: string;
  readonly apiUrl: string;
  /** The newest window that was evaluated, where the alarm is about windows. */
  readonly window?: NoticedWindow | undefined;
}

export interface NoticedWindow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  readonly sentence: string;
  readonly since?: string | undefined;
  readonly moved: readonly { readonly column: string | null; readonly says: string }[];
  readonly version: number;
}

const TOLD_COLUMNS = 5;
const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const MINUTE_MS = 60_000;
const UNITS: readonly (readonly [string, number])[] = [
  ['day', 1_440],
  ['hour', 60],
  ['minute', 1],
];

/** `3 hours`, to the largest unit that is at least two of them. */
export function duration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS));
  const [name, length] = UNITS.find(([, size]) => minutes >= 2 * size) ?? ['minute', 1];
  const count = Math.round(minutes / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** A transition as one message. */
export function composeNotice(transition: Transition): Notice {
  const { service, kind, state, window, means, apiUrl, atMs, beforeMs } = transition;
  const isRecovery = state === 'OK';
  const links = [
    ...(window
      ? [{ text: 'Report of the window', url: `${apiUrl}/api/services/${service}/windows/${window.id}?format=html` }]
      : []),
    { text: 'Alarms', url: `${apiUrl}/api/services/${service}/alarms` },
    { text: 'Runbook', url: transition.runbook },
  ];
  if (isRecovery) {
    const lasted = beforeMs === undefined ? '' : ` after ${duration(atMs - beforeMs)}`;
    return {
      title: `${service}: ${kind} is over`,
      says: [`It is no longer so that ${means}${lasted}.`],
      facts: factsOf(transition),
      links,
      isRecovery,
    };
  }
  const moved = (window?.moved ?? [])
    .slice(0, TOLD_COLUMNS)
    .map(({ column, says }) => `${column ?? 'correlations'}: ${says}`);
  const more = (window?.moved.length ?? 0) - moved.length;
  return {
    title: `${service}: ${kind}`,
    says: [
      `${capital(means)}.`,
      ...moved.map((each) => `${each}.`),
      ...(more > 0 ? [`And ${more} more.`] : []),
      ...(moved.length === 0 && window ? [window.sentence] : []),
      NEXT[kind] ?? 'Nothing is changed by itself; a message follows when it is over.',
    ],
    facts: factsOf(transition),
    links,
    isRecovery,
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What happens without anybody's doing. */
const NEXT: Readonly<Record<string, string>> = {
  drift:
    'The version goes on serving; unusual windows stay out of the history until traffic returns. A message follows when it is over.',
  'drift-confirmed':
    'The version goes on serving; unusual windows stay out of the history until traffic returns. A message follows when it is over.',
};

function factsOf({ atMs, window, falseAlarms, reason, state }: Transition): (readonly [string, string])[] {
  return [
    [
      state === 'OK' ? 'Over since' : 'Since',
      window?.since && state === 'ALARM' ? minute(Date.parse(window.since)) : minute(atMs),
    ],
    ...(window
      ? ([
          ['Window', `${minute(Date.parse(window.from))} to ${minute(Date.parse(window.to))}, ${window.rows} rows`],
          ['Version', String(window.version)],
        ] as const)
      : []),
    ['False alarms', falseAlarms],
    ['CloudWatch says', reason],
  ];
}
