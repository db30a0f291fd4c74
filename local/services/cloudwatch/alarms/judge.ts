export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type TreatMissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

/** One period of the evaluation range. */
export interface Datapoint {
  readonly atMs: number;
  readonly value: number;
  readonly isBreaching: boolean;
}

export interface JudgeOptions {
  readonly datapointsToAlarm: number;
  readonly evaluationPeriods: number;
  readonly treatMissingData: TreatMissingData;
}

export interface Judgement {
  /** Undefined: the state stays as it is. */
  readonly state: AlarmState | undefined;
  /** The data points that decided, oldest first. */
  readonly evaluated: readonly Datapoint[];
  /** How many missing ones were filled in. */
  readonly filled: number;
}

/**
 * Decides as CloudWatch does ("Configuring how CloudWatch alarms treat missing data"): the newest N data points that are there
 * within the range decide, however old they are in it; only what is then still lacking is filled in.
 *
 * @param range one entry for each period, oldest first; undefined where nothing came
 */
export function judge(range: readonly (Datapoint | undefined)[], options: JudgeOptions): Judgement {
  const { datapointsToAlarm: needed, evaluationPeriods, treatMissingData } = options;
  const evaluated = range.filter((point) => point !== undefined).slice(-evaluationPeriods);
  const lacking = evaluationPeriods - evaluated.length;
  const breaching = evaluated.filter(({ isBreaching }) => isBreaching).length;
  const byCount = (count: number): AlarmState => (count >= needed ? 'ALARM' : 'OK');
  if (lacking === 0) return { state: byCount(breaching), evaluated, filled: 0 };
  if (treatMissingData === 'breaching') return { state: byCount(breaching + lacking), evaluated, filled: lacking };
  if (treatMissingData === 'notBreaching') return { state: byCount(breaching), evaluated, filled: lacking };
  return { state: withoutFilling(range, { ...options, evaluated, breaching }), evaluated, filled: 0 };
}

function withoutFilling(
  range: readonly (Datapoint | undefined)[],
  {
    evaluated,
    breaching,
    datapointsToAlarm: needed,
    treatMissingData,
  }: JudgeOptions & { evaluated: readonly Datapoint[]; breaching: number },
): AlarmState | undefined {
  if (evaluated.length === 0) return treatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : undefined;
  if (breaching >= needed) return 'ALARM';
  if (breaching < evaluated.length) return 'OK';
  if (treatMissingData === 'ignore') return undefined;
  // Few data, all of them breaching: an alarm only once the oldest is so old that what might still come late could not undo it.
  const age = range.length - range.findIndex((point) => point !== undefined);
  return age >= needed ? 'ALARM' : undefined;
}
