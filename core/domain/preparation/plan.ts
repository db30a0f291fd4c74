import type { Declaration, FittedStep } from './declaration.ts';
import type { Boundaries } from './split-rows.ts';

/** A declaration with all that was learnt: enough to prepare any rows, here, in a graph or in a cluster. */
export interface PreparationPlan {
  readonly format: 'keelson-preparation/1';
  readonly declaration: Declaration;
  readonly rawColumns: readonly string[];
  readonly steps: readonly FittedStep[];
  readonly boundaries?: Boundaries | undefined;
  /** Numbers that the model takes, in order. */
  readonly features: readonly string[];
  readonly atServing: readonly ServingStep[];
}

/**
 * Where a step is done when the model serves: by the graph, by the caller (who sends the column ready), or not at all, as it decides
 * only what is trained on.
 */
export interface ServingStep {
  readonly op: FittedStep['op'];
  readonly columns: readonly string[];
  readonly atServing: 'in-graph' | 'caller' | 'training-only';
}
