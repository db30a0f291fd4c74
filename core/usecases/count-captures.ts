import type { ModelVersion } from '../contracts/api.ts';
import { type CaptureRules, type CountedServices, LATE_AFTER_MS, SLOT_MS } from '../contracts/monitor.ts';
import { baselineOf } from '../contracts/object-keys.ts';
import type { CapturedRecord } from '../domain/capture/captured-record.ts';
import { type CaptureCounter, captureCounter } from '../domain/capture/count-captures.ts';
import { type Baseline, readBaseline } from '../domain/drift/profile/baseline.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { RegistryReader } from '../ports/model-reader.ts';
import type { ReopenedWindows, WindowCounts } from '../ports/window-counts.ts';
import { watchedModelOf } from './watched-model.ts';

export interface CountCapturesDependencies {
  readonly registry: Pick<RegistryReader, 'findVersion'>;
  readonly baselines: Pick<BaselineStore, 'read'>;
  readonly counts: Pick<WindowCounts, 'keep'>;
  readonly reopened: Pick<ReopenedWindows, 'mark'>;
  readonly services: CountedServices;
}

/** Counts one capture object. */
export interface ObjectCounter {
  add(record: CapturedRecord): Promise<void>;
  /**
   * Keeps what was counted, and marks the windows that it comes late for.
   *
   * @returns rows that were counted, by version, and versions that have no baseline to count by
   */
  keep(times: { now: number }): Promise<CountedObject>;
}

export interface CountedObject {
  readonly rows: Readonly<Record<string, number>>;
  readonly uncounted: readonly number[];
  readonly late: number;
}

/** Versions whose baselines are held in memory: a few megabytes each. */
const HELD = 8;

/**
 * Counts capture objects, one at a time, by the baselines of the versions that they hold predictions of.
 *
 * Counting an object again gives the same counts in the same place, so that whoever asks twice changes nothing.
 */
export function countCaptures(
  dependencies: CountCapturesDependencies,
): (service: string, key: string) => ObjectCounter {
  const { counts, reopened, services } = dependencies;
  const find = heldBaselines(dependencies);
  return (service, key) => {
    const rules = services[service];
    const counters = new Map<number, CaptureCounter | undefined>();
    const counterOf = async (version: number): Promise<CaptureCounter | undefined> => {
      if (rules === undefined || counters.has(version)) return counters.get(version);
      const found = await find(service, version);
      const counter = found && captureCounter(countedBy(found, rules), { windowMs: SLOT_MS });
      counters.set(version, counter);
      return counter;
    };
    return {
      async add(record) {
        // Awaiting a value that is there would cost more than counting the record.
        const counter = counters.get(record.version) ?? (await counterOf(record.version));
        counter?.addRecord(record);
      },
      async keep({ now }) {
        const rows: Record<string, number> = {};
        let late = 0;
        for (const [version, counter] of counters) {
          if (counter === undefined) continue;
          const counted = counter.counts();
          await counts.keep({ service, version }, { key, counts: counted });
          const lateSlots = counted.map(({ fromMs }) => fromMs).filter((from) => now > from + SLOT_MS + LATE_AFTER_MS);
          // Once they are kept: whoever reads the mark finds them.
          await reopened.mark({ service, version }, lateSlots, { now });
          late += lateSlots.length;
          rows[version] = counted.reduce((sum, { tally }) => sum + tally.rows, 0);
        }
        const uncounted = [...counters].flatMap(([version, counter]) => (counter ? [] : [version]));
        return { rows, uncounted, late };
      },
    };
  };
}

interface Found {
  readonly version: ModelVersion;
  readonly baseline: Baseline;
}

const countedBy = ({ version, baseline }: Found, rules: CaptureRules) => ({
  service: version.service,
  version: version.version,
  model: watchedModelOf(version),
  plan: baseline.plan,
  reference: baseline.reference,
  featureNames: baseline.featureNames,
  rules,
});

/** What is not there is asked for again each time: a baseline may come later. */
function heldBaselines({ registry, baselines }: CountCapturesDependencies) {
  const held = new Map<string, Found>();
  return async (service: string, version: number): Promise<Found | undefined> => {
    const name = `${service}/${version}`;
    const known = held.get(name);
    if (known) return known;
    const found = await registry.findVersion(service, version);
    const baseline = found && (await findBaseline(baselines, found));
    if (baseline === undefined) return undefined;
    const oldest = held.keys().next();
    if (held.size >= HELD && !oldest.done) held.delete(oldest.value);
    held.set(name, { version: found as ModelVersion, baseline });
    return held.get(name);
  };
}

/** A version's baseline where its number says, or where it was prepared. */
export async function findBaseline(
  baselines: Pick<BaselineStore, 'read'>,
  { service, version, baseline }: ModelVersion,
): Promise<Baseline | undefined> {
  const own = await baselines.read(baselineOf(service, version), 'profile.json');
  const text = own ?? (baseline === undefined ? undefined : await baselines.read(baseline, 'profile.json'));
  return text === undefined ? undefined : readBaseline(text);
}
