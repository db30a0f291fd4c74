import type { InferredType } from './statistics-document.ts';

/** Model Monitor's `constraints.json`, as its schema names things; `keelson` holds what it does not know. */
export interface ConstraintsDocument {
  readonly version: number;
  readonly features: readonly FeatureConstraints[];
  readonly monitoring_config: MonitoringConfig;
  readonly keelson?: {
    /** Share of rows that may equal another. */
    readonly max_duplicate_share?: number;
  };
}

export interface FeatureConstraints {
  readonly name: string;
  readonly inferred_type: InferredType;
  /** Share of rows with a value, at least. */
  readonly completeness: number;
  readonly num_constraints?: { readonly is_non_negative: boolean };
  readonly string_constraints?: { readonly domains: readonly string[] };
  /** What of `monitoring_config` is otherwise for this feature. */
  readonly monitoringConfigOverrides?: Partial<MonitoringConfig>;
  readonly keelson?: { readonly range?: { readonly min: number; readonly max: number } };
}

export type Switch = 'Enabled' | 'Disabled';

export interface MonitoringConfig {
  readonly evaluate_constraints: Switch;
  readonly emit_metrics: Switch;
  readonly datatype_check_threshold: number;
  readonly domain_content_threshold: number;
  readonly distribution_constraints: DistributionConstraints;
}

export interface DistributionConstraints {
  readonly perform_comparison: Switch;
  readonly comparison_threshold: number;
  readonly comparison_method: 'Simple' | 'Robust';
  /** @default - `comparison_threshold` */
  readonly categorical_comparison_threshold?: number;
  /** @default 'LInfinity' */
  readonly categorical_drift_method?: 'LInfinity' | 'ChiSquared';
}

/** As Model Monitor documents its defaults. */
export const DEFAULT_MONITORING_CONFIG: MonitoringConfig = {
  evaluate_constraints: 'Enabled',
  emit_metrics: 'Enabled',
  datatype_check_threshold: 0.1,
  domain_content_threshold: 0.1,
  distribution_constraints: {
    perform_comparison: 'Enabled',
    comparison_threshold: 0.1,
    comparison_method: 'Robust',
    categorical_comparison_threshold: 0.1,
    categorical_drift_method: 'LInfinity',
  },
};
