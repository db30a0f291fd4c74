/** What `constraint_violations.json` knows. */
export type CheckType =
  | 'data_type_check'
  | 'completeness_check'
  | 'baseline_drift_check'
  | 'missing_column_check'
  | 'extra_column_check'
  | 'categorical_values_check';

/** What is checked beside it. */
export type OwnCheckType = 'range_check' | 'duplicates_check';

export interface Violation<Type extends string = CheckType | OwnCheckType> {
  readonly feature_name: string;
  readonly constraint_check_type: Type;
  readonly description: string;
}

/** Model Monitor's `constraint_violations.json`; its readers know six types, so others stand apart. */
export interface ViolationsDocument {
  readonly violations: readonly Violation<CheckType>[];
  readonly keelson?: { readonly violations: readonly Violation<OwnCheckType>[] };
}

const OWN: ReadonlySet<string> = new Set<OwnCheckType>(['range_check', 'duplicates_check']);
const isOwn = (violation: Violation): violation is Violation<OwnCheckType> => OWN.has(violation.constraint_check_type);

export function toViolationsDocument(violations: readonly Violation[]): ViolationsDocument {
  const own = violations.filter(isOwn);
  return {
    violations: violations.filter((violation): violation is Violation<CheckType> => !isOwn(violation)),
    ...(own.length > 0 && { keelson: { violations: own } }),
  };
}
