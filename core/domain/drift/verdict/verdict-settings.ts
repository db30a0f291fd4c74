import { PlatformError } from '../../errors.ts';
import { EFFECT_GATES, type EffectGates } from './effect-gates.ts';

export interface VerdictSettings {
  /** False alarms per window that are aimed at; a short history cannot do better than 1/(H+1). @default 0.005 */
  readonly alpha: number;
  /** The monitor says nothing while a short history would make alpha larger than this. @default 0.05 */
  readonly largestAlpha: number;
  /** `DRIFT` when at least `breaches` of the last `ofWindows` windows breach. @default 2 of 3 */
  readonly breaches: number;
  readonly ofWindows: number;
  readonly gates: EffectGates;
  /** A window with fewer rows is not evaluated. @default 50 */
  readonly minimumRows: number;
  /** Windows between two false alarms of the watch for slow drift, at least. @default 720 */
  readonly averageRunLength: number;
  /** Accepted windows that are kept; the oldest leaves first. @default 672, four weeks of hours */
  readonly historyLimit: number;
  /** `two-sample` where no history in the order of time exists: its alarms are labelled `UNCALIBRATED`. @default 'history' */
  readonly calibration: 'history' | 'two-sample';
  /** Hour-of-day and day-of-week shapes are learnt from history as soon as it is long enough. @default true */
  readonly seasonal: boolean;
}

export const VERDICT_SETTINGS: VerdictSettings = {
  alpha: 0.005,
  largestAlpha: 0.05,
  breaches: 2,
  ofWindows: 3,
  gates: EFFECT_GATES,
  minimumRows: 50,
  averageRunLength: 720,
  historyLimit: 672,
  calibration: 'history',
  seasonal: true,
};

export interface VerdictOptions extends Partial<Omit<VerdictSettings, 'gates'>> {
  readonly gates?: Partial<EffectGates>;
}

const share = (value: number): boolean => value > 0 && value < 1;
const count = (value: number): boolean => Number.isInteger(value) && value >= 1;

const RULES: readonly [keyof VerdictSettings, (value: number) => boolean, string][] = [
  ['alpha', share, 'a number between 0 and 1, both excluded'],
  ['largestAlpha', share, 'a number between 0 and 1, both excluded'],
  ['breaches', count, 'a whole number from 1'],
  ['ofWindows', count, 'a whole number from 1'],
  ['minimumRows', count, 'a whole number from 1'],
  ['averageRunLength', (value) => value > 1, 'a number above 1'],
  ['historyLimit', count, 'a whole number from 1'],
];

const settingError = (setting: string, got: unknown, allowed: string) =>
  new PlatformError('drift.setting_invalid', {
    message: `the monitor's setting ${setting} is ${String(got)}; allowed is ${allowed}`,
    details: { setting, got: String(got), allowed },
  });

/**
 * Settings with defaults for what is left out.
 *
 * @throws `drift.setting_invalid` for a value that is out of its range
 */
export function verdictSettings({ gates, ...options }: VerdictOptions = {}): VerdictSettings {
  const settings = { ...VERDICT_SETTINGS, ...options, gates: { ...EFFECT_GATES, ...gates } };
  for (const [setting, holds, allowed] of RULES) {
    if (!holds(settings[setting] as number)) throw settingError(setting, settings[setting], allowed);
  }
  for (const [gate, value] of Object.entries(settings.gates)) {
    if (!(value > 0)) throw settingError(`gates.${gate}`, value, 'a number above 0');
  }
  if (settings.breaches > settings.ofWindows) {
    throw settingError('breaches', settings.breaches, `at most ofWindows, ${settings.ofWindows}`);
  }
  if (settings.largestAlpha < settings.alpha) {
    throw settingError('largestAlpha', settings.largestAlpha, `at least alpha, ${settings.alpha}`);
  }
  return settings;
}
