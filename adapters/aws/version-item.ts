import type { ModelVersion } from '../../core/contracts/api.ts';

/**
 * A version as it is stored. What callers and exporters name freely is kept as JSON text: DynamoDB has no numbers below
 * 1e-130 (a p-value may be) and no empty attribute names, and the SDK refuses numbers past 2^53 (a loss may be).
 */
export const toVersionItem = ({ metrics, lineage, metadata, classLabels, ...version }: ModelVersion) => ({
  ...version,
  metrics: JSON.stringify(metrics),
  lineage: JSON.stringify(lineage),
  metadata: JSON.stringify(metadata),
  ...(classLabels && { classLabels: JSON.stringify(classLabels) }),
});

const FREE_FORM = ['metrics', 'lineage', 'metadata', 'classLabels'] as const;

/** The item with its texts parsed, and not checked yet. */
export function withFreeForm(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const texts = FREE_FORM.filter((name) => typeof item[name] === 'string');
  const parsed = Object.fromEntries(texts.map((name) => [name, JSON.parse(item[name] as string)]));
  return { ...item, ...parsed };
}
