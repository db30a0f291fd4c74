import { PlatformError } from '../errors.ts';

/**
 * What is written into the file of every trained model: `feature_names` (a JSON array), `trainer`, `seed`, then the
 * caller's own entries, which may replace none of these.
 *
 * @throws `training.shape_mismatch` when there is not one name per feature
 */
export function exportMetadata(
  model: { readonly algorithm: string; readonly featureCount: number; readonly seed: number },
  {
    featureNames,
    metadata = {},
  }: { featureNames: readonly string[]; metadata?: Readonly<Record<string, string>> | undefined },
): Record<string, string> {
  if (featureNames.length !== model.featureCount) {
    throw new PlatformError('training.shape_mismatch', {
      message: `there are ${featureNames.length} feature names for ${model.featureCount} features; give one for each`,
      details: { what: 'feature names', got: featureNames.length, expected: model.featureCount },
    });
  }
  return {
    ...metadata,
    feature_names: JSON.stringify(featureNames),
    trainer: `keelson/${model.algorithm}`,
    seed: String(model.seed),
  };
}
