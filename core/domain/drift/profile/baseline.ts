import type { History, HistoryWindow } from './history.ts';
import { planFromJson } from './plan-json.ts';
import type { Profile, ProfilePlan } from './profile.ts';
import { asObject, count, malformed, profileFromJson, profileToJson } from './profile-json.ts';

/** What a version's traffic is compared with: `baselines/{service}/{version}/profile.json`. */
export interface Baseline {
  readonly plan: ProfilePlan;
  readonly reference: Profile;
  /** Null where the rows are in no order of time. */
  readonly history: History | null;
  /** Names for the columns of the model's one input, where the model itself has none for them. */
  readonly featureNames?: readonly string[] | undefined;
}

const FORMAT = 1;

/** The baseline as JSON text, on one line. */
export const writeBaseline = ({ plan, reference, history, featureNames }: Baseline): string =>
  JSON.stringify({
    format: FORMAT,
    plan,
    ...(featureNames && { featureNames }),
    reference: profileToJson(reference),
    history: history && {
      rowsPerWindow: history.rowsPerWindow,
      windows: history.windows.map(({ profile, fromMs, toMs }) => ({ fromMs, toMs, ...profileToJson(profile) })),
    },
  });

/** @throws `profile.malformed` */
export function readBaseline(text: string): Baseline {
  const { format, plan: planned, reference, history, featureNames } = asObject(parsed(text), 'the baseline');
  if (format !== FORMAT) throw malformed(`its format is ${JSON.stringify(format)}, ${FORMAT} is read`);
  const plan = planFromJson(planned);
  return {
    plan,
    reference: profileFromJson(reference, plan),
    history: history === null ? null : historyFromJson(history, plan),
    ...(featureNames !== undefined && { featureNames: texts(featureNames) }),
  };
}

function historyFromJson(value: unknown, plan: ProfilePlan): History {
  const { rowsPerWindow, windows } = asObject(value, 'the history');
  if (!Array.isArray(windows)) throw malformed('its history has no windows');
  return {
    rowsPerWindow: count(rowsPerWindow, 'the history'),
    windows: windows.map((each) => windowFromJson(each, plan)),
  };
}

function windowFromJson(value: unknown, plan: ProfilePlan): HistoryWindow {
  const { fromMs, toMs } = asObject(value, 'a window');
  return { profile: profileFromJson(value, plan), fromMs: timeOrNull(fromMs), toMs: timeOrNull(toMs) };
}

function timeOrNull(value: unknown): number | null {
  if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw malformed(`a window has the time ${JSON.stringify(value)}`);
}

function texts(value: unknown): string[] {
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw malformed('its feature names are no list of texts');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
}
