import { SLOT_MS } from '../../core/contracts/monitor.ts';
import { EMPTY_TALLY, mergeTallies } from '../../core/domain/capture/capture-tally.ts';
import type { CapturedCounts } from '../../core/domain/capture/count-captures.ts';
import { emptyProfile, mergeProfiles } from '../../core/domain/drift/profile/merge-profiles.ts';
import type {
  CountedVersionKey,
  CountsKey,
  ReopenedSlot,
  ReopenedWindows,
  WindowCounts,
} from '../../core/ports/window-counts.ts';

const nameOf = ({ service, version }: CountedVersionKey) => `${service}/${version}`;
const folderOf = (version: CountsKey) => `${nameOf(version)}/${version.baseline}/`;

/** Counts in memory. @param now tells when something is kept, in ms */
export function memoryWindowCounts(now: () => number = () => 0): WindowCounts {
  const kept = new Map<string, CapturedCounts>();
  const of = (version: CountsKey) => [...kept].filter(([key]) => key.startsWith(folderOf(version)));
  return {
    async keep(version, { key, counts }) {
      for (const counted of counts) kept.set(`${folderOf(version)}${counted.fromMs}/${key}`, counted);
      return counts.map(({ fromMs }) => ({ fromMs, keptAtMs: now() }));
    },
    async sum(version, { plan, fromMs, toMs }) {
      const inside = of(version)
        .map(([, counted]) => counted)
        .filter((counted) => counted.fromMs >= fromMs && counted.fromMs + SLOT_MS <= toMs);
      return {
        profile: mergeProfiles(emptyProfile(plan), ...inside.map(({ profile }) => profile)),
        tally: mergeTallies(EMPTY_TALLY, ...inside.map(({ tally }) => tally)),
        objects: inside.length,
      };
    },
    async firstFrom(version, fromMs) {
      const slots = of(version).map(([, counted]) => counted.fromMs);
      return slots.filter((slotMs) => slotMs >= fromMs).sort((a, b) => a - b)[0];
    },
  };
}

/** Marks in memory. */
export function memoryReopenedWindows(): ReopenedWindows {
  const marks = new Map<string, ReopenedSlot>();
  return {
    async mark(version, slots, { now }) {
      for (const slotMs of slots) {
        const name = `${nameOf(version)}/${slotMs}`;
        marks.set(name, { slotMs, marks: (marks.get(name)?.marks ?? 0) + 1, markedAtMs: now });
      }
    },
    async list(version) {
      const own = [...marks].filter(([name]) => name.startsWith(`${nameOf(version)}/`)).map(([, mark]) => mark);
      return own.sort((a, b) => a.slotMs - b.slotMs);
    },
    async clear(version, slot) {
      const name = `${nameOf(version)}/${slot.slotMs}`;
      if (marks.get(name)?.marks === slot.marks) marks.delete(name);
    },
  };
}
