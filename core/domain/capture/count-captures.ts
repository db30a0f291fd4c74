import { type DuplicateCounter, duplicateCounter } from '../drift/profile/count-duplicates.ts';
import { type RowCounter, rowCounter } from '../drift/profile/count-rows.ts';
import type { Profile, ProfilePlan } from '../drift/profile/profile.ts';
import { type CaptureTally, EMPTY_TALLY } from './capture-tally.ts';
import { type CapturedRecord, parseCapturedRecord } from './captured-record.ts';
import { hiddenColumns } from './hidden-columns.ts';
import { modelColumns, type WatchedModel } from './model-columns.ts';
import { capturedRowsReader } from './read-captured-rows.ts';
import { planRedaction, type RedactionRules } from './redaction-plan.ts';
import { type RowBuffer, rowBuffer } from './row-buffer.ts';

/** A version whose captured predictions are counted. */
export interface CountedVersion {
  readonly service: string;
  readonly version: number;
  readonly model: WatchedModel;
  /** The baseline's. */
  readonly plan: ProfilePlan;
  readonly reference: Profile;
  readonly featureNames?: readonly string[] | undefined;
  /** By which the service's captures are written. */
  readonly rules: RedactionRules;
}

/** A window's share of a capture object. */
export interface CapturedCounts {
  /** Start of the window by the time of the inferences, a multiple of its length. */
  readonly fromMs: number;
  readonly profile: Profile;
  readonly tally: CaptureTally;
}

export interface CaptureCounter {
  /** Takes one line of a capture object. What is no record of this version is passed over. */
  addLine(line: string): void;
  /** The same of a line that somebody has read. */
  addRecord(record: CapturedRecord): void;
  /** By window, in the order of time. */
  counts(): CapturedCounts[];
}

type Tally = { -readonly [Name in keyof CaptureTally]: number };

interface Window {
  readonly counter: RowCounter;
  readonly duplicates: DuplicateCounter;
  readonly buffer: RowBuffer;
  readonly tally: Tally;
}

/**
 * Counts the predictions of one version in one capture object, in one pass, by window of the time they were made: an object that is
 * delivered late tells which window it reopens.
 *
 * A record that is in the object twice is counted once. Objects do not share records but by a repeated delivery, which gives an object of
 * the same records: counting each object once is the caller's.
 *
 * Cost: memory by the plan and the number of windows; 16 to 50 bytes for each record's id and row.
 */
export function captureCounter(version: CountedVersion, { windowMs }: { readonly windowMs: number }): CaptureCounter {
  const { model, plan, reference, featureNames, rules } = version;
  const redaction = planRedaction(rules, model);
  const { columns } = modelColumns(model, featureNames);
  const hidden = hiddenColumns(columns, redaction);
  const readRows = capturedRowsReader(model, redaction);
  const seen = new Set<string>();
  const windows = new Map<number, Window>();
  const windowAt = (fromMs: number): Window => {
    const known = windows.get(fromMs);
    if (known) return known;
    const counter = rowCounter(plan, { reference });
    const duplicates = duplicateCounter();
    const buffer = rowBuffer(plan, {
      columns,
      hidden,
      take: (batch) => {
        counter.add(batch);
        duplicates.add(batch);
      },
    });
    const window = { counter, duplicates, buffer, tally: { ...EMPTY_TALLY } };
    windows.set(fromMs, window);
    return window;
  };
  const add = (record: CapturedRecord, { buffer, tally }: Window): void => {
    tally.records += 1;
    if (record.isWithheld) tally.withheld += 1;
    else if (record.isTruncated) tally.truncated += 1;
    else {
      const tensors = readRows(record);
      const rows = tensors && buffer.add(tensors);
      if (rows === undefined) tally.unreadable += 1;
      else tally.rows += rows;
    }
  };
  const addRecord = (record: CapturedRecord): void => {
    if (record.service !== version.service || record.version !== version.version) return;
    const window = windowAt(Math.floor(record.atMs / windowMs) * windowMs);
    if (seen.has(record.eventId)) window.tally.repeated += 1;
    else add(record, window);
    seen.add(record.eventId);
  };
  return {
    addLine(line) {
      const record = parseCapturedRecord(line);
      if (record) addRecord(record);
    },
    addRecord,
    counts() {
      const inOrder = [...windows].sort(([a], [b]) => a - b);
      return inOrder.map(([fromMs, { counter, duplicates, buffer, tally }]) => {
        buffer.flush();
        return { fromMs, profile: counter.profile(), tally: { ...tally, duplicateRows: duplicates.count() } };
      });
    },
  };
}
