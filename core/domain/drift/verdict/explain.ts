import { rowsForGates } from './effect-gates.ts';
import type { Effect } from './effects.ts';
import { historyNeeded } from './false-alarms.ts';
import type { VerdictSettings } from './verdict-settings.ts';
import type { ColumnVerdict, WindowVerdict } from './window-verdict.ts';

const percent = (share: number): string => `${Number((share * 100).toFixed(share < 0.1 ? 2 : 1))} %`;
const decimal = (value: number): string => String(Number(value.toFixed(2)));
const minute = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** A change in words: what moved, by how much, and what would have been too little. */
export function describeEffect({ kind, size, gate, change }: Effect): string {
  const rates = change === undefined ? '' : `from ${percent(change.from)} to ${percent(change.to)}`;
  switch (kind) {
    case 'ks':
      return `its distribution moved by a KS distance of ${decimal(size)} (gate ${gate})`;
    case 'location':
      return `its values lie ${size > 0 ? 'higher' : 'lower'} by ${percent(Math.abs(size))} of all ranks (gate ${percent(gate)})`;
    case 'spread':
      return `its values lie ${size > 0 ? 'further apart' : 'closer together'} by ${decimal(Math.abs(size))} in ranks (gate ${gate})`;
    case 'category':
      return change === undefined
        ? `${percent(size)} of its rows are in another category (gate ${percent(gate)})`
        : `the rate of ${change.of} went ${rates}`;
    case 'missing':
      return `missing values went ${rates} (gate ${Number((gate * 100).toFixed(2))} points)`;
    case 'unseen':
      return `values that training did not know went ${rates} (gate ${percent(gate)})`;
    case 'correlation':
      return `the rank correlation of ${change?.of} went from ${decimal(change?.from ?? 0)} to ${decimal(change?.to ?? 0)} (gate ${gate})`;
  }
}

const nameOf = ({ column, role }: ColumnVerdict): string =>
  column === null ? 'correlations' : role === 'prediction' ? `the prediction ${column}` : column;

const describeColumn = (column: ColumnVerdict): string => `${nameOf(column)}: ${describeEffect(column.effect)}`;

/** Columns that are spelt out; of more only the number is told. */
const TOLD = 3;

function describeBreaches(columns: readonly ColumnVerdict[]): string {
  const breached = columns.filter((column) => column.breached);
  const more = breached.length - TOLD;
  return (
    breached.slice(0, TOLD).map(describeColumn).join('; ') + (more > 0 ? `; and ${plural(more, 'more column')}` : '')
  );
}

function against({ calibration, historyWindows, strata, p }: Draft): string {
  if (calibration === 'UNCALIBRATED') {
    return 'against the training set by two-sample tests, UNCALIBRATED: there is no history to tell how often this is nothing';
  }
  const hours = strata === 'none' ? '' : `, each against its ${strata}`;
  return `against ${plural(historyWindows, 'earlier window')}${hours}: unchanged traffic looks so in ${percent(p ?? 1)} of windows`;
}

type Draft = Omit<WindowVerdict, 'sentence'>;

/** The verdict in a sentence: what moved, how much, since when, against what, and what happens next. */
export function explain(verdict: Draft, settings: VerdictSettings): string {
  return `${verdict.state}: ${EXPLANATIONS[verdict.state](verdict, settings)}`;
}

const EXPLANATIONS: Readonly<Record<WindowVerdict['state'], (verdict: Draft, settings: VerdictSettings) => string>> = {
  WARMING_UP: ({ historyWindows }, settings) =>
    `${plural(historyWindows, 'window')} of history, ${historyNeeded(settings)} are needed; this window is added to them where it has values, and nobody is alarmed.`,
  INSUFFICIENT_DATA: (verdict, settings) => {
    const { rows, evaluated } = verdict;
    if (rows === 0) return 'no rows in this window, so nothing is known; it counts as not breaching.';
    if (!evaluated) {
      return `${plural(rows, 'row')}, and ${settings.minimumRows} are the least that is evaluated; it counts as not breaching.`;
    }
    const needed = rowsForGates(settings.gates);
    if (rows < needed) {
      return `nothing unusual was seen, but in ${plural(rows, 'row')} a KS distance of ${settings.gates.ks} could go unseen, which takes ${needed}; ${Math.ceil(needed / rows)} windows together would do.`;
    }
    return 'no column has a value, so nothing is known of them.';
  },
  OK: (verdict) => `nothing moved by as much as the gates in ${plural(verdict.rows, 'row')}, ${against(verdict)}.`,
  SUSPECT: (verdict, settings) =>
    `${describeBreaches(verdict.columns)}; in the window from ${minute(verdict.fromMs)}, ${against(verdict)}. Nobody is paged unless ${settings.breaches} of ${settings.ofWindows} windows breach; until then this window stays out of the history.`,
  DRIFT: (verdict, settings) => {
    const since = verdict.sinceMs === null ? '' : ` since ${minute(verdict.sinceMs)}`;
    const next = 'The owner is paged; windows stay out of the history until traffic returns or the change is accepted.';
    const { confirmed } = verdict.slowDrift;
    if (confirmed !== null && !verdict.confirmed) {
      const what = `${confirmed.column ?? 'correlations'}: ${describeEffect(confirmed.effect)}`;
      return `slowly${since}, ${what}, all windows since taken together against those before. ${next}`;
    }
    const found = describeBreaches(verdict.columns);
    const now = found === '' ? 'this window does not breach, but earlier ones do' : found;
    return `${now}; at least ${settings.breaches} of the last ${settings.ofWindows} windows breach${since}${verdict.evaluated ? `, ${against(verdict)}` : ''}. ${next}`;
  },
};
