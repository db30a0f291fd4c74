import type { ModelVersion } from '../contracts/api.ts';
import { type CaptureRules, type CountedServices, LATE_AFTER_MS, SLOT_MS } from '../contracts/monitor.ts';
import { baselineOf } from '../contracts/object-keys.ts';
import type { CapturedRecord } from '../domain/capture/captured-record.ts';
import { type CaptureCounter, captureCounter } from '../domain/capture/count-captures.ts';
import { type Baseline, readBaseline } from '../domain/drift/profile/baseline.ts';
import { fingerprintOf } from '../domain/drift/profile/fingerprint.ts';
import type { BaselineStore } from '../ports/baseline-store.ts';
import type { RegistryReader } from '../ports/model-reader.ts';
import type { ReopenedWindows, WindowCounts } from '../ports/window-counts.ts';
import { watchedModelOf } from './watched-model.ts';

export interface CountCapturesDependencies {
  readonly registry: Pick<RegistryReader, 'findVersion'>;
  readonly baselines: Pick<BaselineStore, 'read' | 'tag'>;
  readonly counts: Pick<WindowCounts, 'keep'>;
  readonly reopened: Pick<ReopenedWindows, 'mark'>;
  readonly services: CountedServices;
  /** Told of each version that could not be counted. */
  readonly onFault: (fault: { what: string; service: string; error: unknown }) => void;
}

/** Counts one capture object. */
export interface ObjectCounter {
  /** Never throws: what is wrong with one version is thrown by `keep`. */
  add(record: CapturedRecord): Promise<void>;
  /**
   * Keeps what was counted, and marks the windows that it comes late for.
   *
   * @returns rows that were counted, by version, and versions that have no baseline to count by
   * @throws the first fault of a version, once all others are kept
   */
  keep(): Promise<CountedObject>;
}

export interface CountedObject {
  readonly rows: Readonly<Record<string, number>>;
  readonly uncounted: readonly number[];
  readonly late: number;
}

/** Versions whose baselines are held in memory: a few megabytes each. */
const HELD = 8;

/** A version in one object. */
interface Counting {
  readonly found?: Found;
  readonly counter?: CaptureCounter;
  fault?: { readonly error: unknown };
}

/**
 * Counts capture objects, one at a time, by the baselines of the versions that they hold predictions of.
 *
 * Counting an object again gives the same counts in the same place, so that whoever asks twice changes nothing.
 */
export function countCaptures(
  dependencies: CountCapturesDependencies,
): (service: string, key: string) => ObjectCounter {
  const { services } = dependencies;
  const find = heldBaselines(dependencies);
  return (service, key) => {
    const rules = services[service];
    const countings = new Map<number, Counting>();
    const start = async (version: number): Promise<Counting> => {
      const counting = await startCounting(find, { service, version, rules });
      countings.set(version, counting);
      return counting;
    };
    return {
      async add(record) {
        // Awaiting what is there would cost more than counting the record.
        const counting = countings.get(record.version) ?? (await start(record.version));
        if (counting.fault) return;
        try {
          counting.counter?.addRecord(record);
        } catch (error) {
          counting.fault = { error };
        }
      },
      async keep() {
        const rows: Record<string, number> = {};
        const faults: unknown[] = [];
        let late = 0;
        for (const [version, counting] of countings) {
          try {
            const kept = await keepCounting(dependencies, counting, { service, version, key });
            if (kept) rows[version] = kept.rows;
            late += kept?.late ?? 0;
          } catch (error) {
            dependencies.onFault({ what: `version ${version} was not counted in ${key}`, service, error });
            faults.push(error);
          }
        }
        if (faults.length > 0) throw faults[0];
        const uncounted = [...countings].flatMap(([version, { counter }]) => (counter ? [] : [version]));
        return { rows, uncounted, late };
      },
    };
  };
}

async function startCounting(
  find: ReturnType<typeof heldBaselines>,
  { service, version, rules }: { service: string; version: number; rules: CaptureRules | undefined },
): Promise<Counting> {
  try {
    const found = rules && (await find(service, version));
    if (rules === undefined || found === undefined) return {};
    return { found, counter: captureCounter(countedBy(found, rules), { windowMs: SLOT_MS }) };
  } catch (error) {
    return { fault: { error } };
  }
}

async function keepCounting(
  { counts, reopened }: CountCapturesDependencies,
  { found, counter, fault }: Counting,
  { service, version, key }: { service: string; version: number; key: string },
): Promise<{ readonly rows: number; readonly late: number } | undefined> {
  if (fault) throw fault.error;
  if (found === undefined || counter === undefined) return undefined;
  const counted = counter.counts();
  const kept = await counts.keep({ service, version, baseline: found.fingerprint }, { key, counts: counted });
  const late = kept.filter(({ fromMs, keptAtMs }) => keptAtMs > fromMs + SLOT_MS + LATE_AFTER_MS);
  const now = Math.max(...late.map(({ keptAtMs }) => keptAtMs));
  // Once they are kept: whoever reads the mark finds them.
  const slots = late.map(({ fromMs }) => fromMs);
  if (slots.length > 0) await reopened.mark({ service, version }, slots, { now });
  return { rows: counted.reduce((sum, { tally }) => sum + tally.rows, 0), late: slots.length };
}

interface Found extends FoundBaseline {
  readonly version: ModelVersion;
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

/** Reads a baseline once, until it is written anew. What is not there is asked for again each time: it may come later. */
function heldBaselines({ registry, baselines }: CountCapturesDependencies) {
  const held = new Map<string, Found & { readonly tag: string }>();
  return async (service: string, version: number): Promise<Found | undefined> => {
    const name = `${service}/${version}`;
    const known = held.get(name);
    const registered = known?.version ?? (await registry.findVersion(service, version));
    if (registered === undefined) return undefined;
    const tag = await tagOf(baselines, registered);
    if (tag === undefined) return undefined;
    if (known?.tag === tag) return known;
    const found = await findBaseline(baselines, registered);
    if (found === undefined) return undefined;
    const fresh = { ...found, version: registered, tag };
    held.delete(name);
    const oldest = held.keys().next();
    if (held.size >= HELD && !oldest.done) held.delete(oldest.value);
    held.set(name, fresh);
    return fresh;
  };
}

/** Where a version's baseline may lie: where its number says, or where it was prepared. */
const foldersOf = ({ service, version, baseline }: ModelVersion): string[] =>
  [baselineOf(service, version), baseline].filter((folder) => folder !== undefined);

async function tagOf(baselines: Pick<BaselineStore, 'tag'>, version: ModelVersion): Promise<string | undefined> {
  for (const folder of foldersOf(version)) {
    const tag = await baselines.tag(folder, 'profile.json');
    if (tag !== undefined) return `${folder} ${tag}`;
  }
  return undefined;
}

export interface FoundBaseline {
  readonly baseline: Baseline;
  /** Tells it from any other: counts by different ones do not add up. */
  readonly fingerprint: string;
}

/** @returns undefined for a version without a baseline */
export async function findBaseline(
  baselines: Pick<BaselineStore, 'read'>,
  version: ModelVersion,
): Promise<FoundBaseline | undefined> {
  for (const folder of foldersOf(version)) {
    const text = await baselines.read(folder, 'profile.json');
    if (text !== undefined) return { baseline: readBaseline(text), fingerprint: fingerprintOf(text) };
  }
  return undefined;
}

/** Whether a version has one, without reading through it. */
export async function hasBaseline(baselines: Pick<BaselineStore, 'tag'>, version: ModelVersion): Promise<boolean> {
  return (await tagOf(baselines, version)) !== undefined;
}
