import type { RememberedWindow } from '../../domain/windows/monitor-memory.ts';
import type { CaptureObjects } from '../../ports/capture-objects.ts';
import type { LabelReader } from '../../ports/label-store.ts';
import { joinCaptures } from '../join-captures.ts';
import { watchedModelOf } from '../watched-model.ts';
import { type JudgedLabels, judgeLabels } from './judge-labels.ts';
import type { OpenedVersion } from './open-version.ts';

export interface JudgeWindowDependencies {
  readonly objects: CaptureObjects;
  readonly labels: LabelReader;
  /** Told of what went wrong with labels: the verdict on drift must not wait for it. */
  readonly onFault: (fault: { readonly what: string; readonly service: string; readonly error: unknown }) => void;
}

/** Rows that intervals of a percent need no more of. */
const SAMPLED_ROWS = 20_000;
/** Rows of the objects that are read for them. */
const READ_ROWS = 1_000_000;
const HOUR_MS = 3_600_000;

/**
 * Performance and bias of a window, read from its captures and labels. What fails is told and stands in the report.
 *
 * @param question.past windows before it, whose labelled rows calibrate scores
 */
export async function judgeWindow(
  { objects, labels, onFault }: JudgeWindowDependencies,
  question: {
    readonly opened: OpenedVersion;
    readonly window: RememberedWindow;
    readonly past: readonly RememberedWindow[];
    readonly now: number;
  },
): Promise<JudgedLabels> {
  const { opened, window, past, now } = question;
  const { options, version, baseline } = opened;
  const { task, bias } = options;
  if ((task === undefined && bias.length === 0) || window.profile.rows === 0) return {};
  try {
    const { fromMs, toMs, profile } = window;
    // What is late is delivered late: an hour on is nearly all.
    const keys = await objects.keys(version.service, { fromMs, toMs: toMs + HOUR_MS });
    const stride = Math.max(1, Math.ceil(profile.rows / READ_ROWS));
    const read = keys.filter((_, place) => place % stride === 0);
    const joined = await joinCaptures({ objects, labels })(
      {
        service: version.service,
        version: version.version,
        model: watchedModelOf(version),
        featureNames: baseline.featureNames,
        rules: options.capture,
        task: task ?? { kind: 'multiclass' },
        segments: bias.map(({ field }) => field),
      },
      { keys: read, fromMs, toMs, samplingRate: Math.min(1, (SAMPLED_ROWS * stride) / profile.rows) },
    );
    return judgeLabels(joined, {
      options,
      windowEndMs: toMs,
      now,
      metrics: version.metrics,
      earlier: past.flatMap(({ calibrated }) => calibrated ?? []),
    });
  } catch (error) {
    onFault({ what: 'performance and bias of a window', service: version.service, error });
    return {
      problem: `performance and bias could not be looked at: ${error instanceof Error ? error.message : error}`,
    };
  }
}
