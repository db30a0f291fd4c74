import { SLOT_MS } from '../../core/contracts/monitor.ts';
import { EMPTY_TALLY, mergeTallies } from '../../core/domain/capture/capture-tally.ts';
import type { CapturedCounts } from '../../core/domain/capture/count-captures.ts';
import { emptyProfile, mergeProfiles } from '../../core/domain/drift/profile/merge-profiles.ts';
import type { CountedVersionKey, ReopenedSlot, ReopenedWindows, WindowCounts } from '../../core/ports/window-counts.ts';

const nameOf = ({ service, version }: CountedVersionKey) => `${service}/${version}`;

/** Counts in memory. */
export function memoryWindowCounts(): WindowCounts {
  const kept = new Map<string, CapturedCounts>();
  const of = (version: CountedVersionKey) => [...kept].filter(([key]) => key.startsWith(`${nameOf(version)}/`));
  return {
    async keep(version, { key, counts }) {
      for (const counted of counts) kept.set(`${nameOf(version)}/${counted.fromMs}/${key}`, counted);
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
