import { LABELS_WELCOME_DAYS } from '../../core/contracts/limits.ts';
import { type Label, labelName } from '../../core/domain/labels/label.ts';
import { supersedes } from '../../core/domain/labels/newest-label.ts';
import type {
  ChangedHour,
  LabelReader,
  LabelStore,
  PredictionIndex,
  RecentPredictions,
} from '../../core/ports/label-store.ts';

/** As long as a capture may be on its way. */
const RECENT_MS = 10 * 60 * 1_000;
const WELCOME_MS = LABELS_WELCOME_DAYS * 24 * 60 * 60 * 1_000;

/** Labels in memory. */
export function memoryLabelStore(): LabelStore & LabelReader & PredictionIndex & RecentPredictions {
  const predictions = new Map<string, number>();
  const recent = new Map<string, number>();
  const labels = new Map<string, Label>();
  const hours = new Map<string, ChangedHour>();
  const within = (service: string, name: string) => `${service}#${name}`;
  return {
    async add(service, added) {
      for (const { id, atMs } of added) predictions.set(within(service, id), atMs);
    },
    async tell(service, told) {
      for (const { id, atMs } of told) recent.set(within(service, id), atMs);
    },
    async findPredictions(service, ids, { now }) {
      const among = (all: Map<string, number>, forMs: number) =>
        ids
          .map((id) => [id, all.get(within(service, id)) ?? Number.NEGATIVE_INFINITY] as const)
          .filter(([, atMs]) => atMs + forMs > now);
      return new Map([...among(recent, RECENT_MS), ...among(predictions, WELCOME_MS)]);
    },
    async keep(service, told) {
      return told.map((label) => {
        const name = within(service, labelName(label));
        const known = labels.get(name);
        if (known === undefined || supersedes(label, known)) labels.set(name, label);
        return known;
      });
    },
    async markHours(service, marked, { now }) {
      for (const [hour, counts] of marked) {
        const known = hours.get(within(service, hour)) ?? { labels: 0, corrections: 0 };
        hours.set(within(service, hour), {
          hour,
          labels: known.labels + counts.labels,
          corrections: known.corrections + counts.corrections,
          changedAtMs: now,
        });
      }
    },
    async find(service, rows) {
      const names = new Set(rows.map((row) => within(service, labelName(row))));
      return [...names].flatMap((name) => labels.get(name) ?? []);
    },
    async labelledHours(service, { from, to }) {
      return [...hours]
        .filter(([name, { hour }]) => name === within(service, hour) && hour >= from && hour < to)
        .map(([, hour]) => hour)
        .sort((a, b) => (a.hour < b.hour ? -1 : 1));
    },
  };
}
