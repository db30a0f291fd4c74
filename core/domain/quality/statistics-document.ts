/** Model Monitor's `statistics.json`, as its schema names things. */
export interface StatisticsDocument {
  readonly version: number;
  readonly dataset: { readonly item_count: number };
  readonly features: readonly FeatureStatistics[];
}

export type InferredType = 'Fractional' | 'Integral' | 'String' | 'Unknown';

export interface FeatureStatistics {
  readonly name: string;
  readonly inferred_type: InferredType;
  readonly numerical_statistics?: NumericalStatistics;
  readonly string_statistics?: StringStatistics;
}

export interface PresenceCounts {
  readonly num_present: number;
  readonly num_missing: number;
}

export interface NumericalStatistics {
  readonly common: PresenceCounts;
  readonly mean: number;
  readonly sum: number;
  readonly std_dev: number;
  readonly min: number;
  readonly max: number;
  readonly distribution: {
    readonly kll: {
      readonly buckets: readonly {
        readonly lower_bound: number;
        readonly upper_bound: number;
        readonly count: number;
      }[];
      readonly sketch: {
        readonly parameters: { readonly c: number; readonly k: number };
        /** Level by level: a value of level l stands for 2^l. */
        readonly data: readonly (readonly number[])[];
      };
    };
  };
}

export interface StringStatistics {
  readonly common: PresenceCounts;
  readonly distinct_count: number;
  readonly distribution: {
    readonly categorical: { readonly buckets: readonly { readonly value: string; readonly count: number }[] };
  };
}
