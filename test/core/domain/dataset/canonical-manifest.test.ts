import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DatasetManifest } from '../../../../core/contracts/dataset.ts';
import { canonicalManifest } from '../../../../core/domain/dataset/canonical-manifest.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const unsigned = {
  format: 'keelson-dataset/1',
  objects: [{ key: 'a/part-0.jsonl', sha256: sha256('{"x":1}\n'), bytes: 8, rows: 1 }],
  columns: [{ name: 'x', type: 'number' }],
  rows: 1,
  label: null,
  timeRange: null,
  labelCoverage: { rows: 1, labelled: 0 },
  sources: [],
};

describe('the digest of a data set', () => {
  it('is that of a text with sorted keys, which says nothing of where the objects lie', () => {
    const text = canonicalManifest(unsigned);
    expect(text.startsWith('{"columns":[{"name":"x","type":"number"}],"format":')).toBe(true);
    const moved = { ...unsigned, objects: unsigned.objects.map((each) => ({ ...each, key: 'b/part-0.jsonl' })) };
    expect(canonicalManifest(moved)).toBe(text);
    expect(DatasetManifest.parse({ ...unsigned, digest: sha256(text) }).digest).toBe(sha256(text));
  });

  it('does not depend on the order in which keys were written, nor on the digest that stands there', () => {
    const reversed = Object.fromEntries(Object.entries({ ...unsigned, digest: 'x' }).reverse());
    expect(canonicalManifest(reversed)).toBe(canonicalManifest(unsigned));
  });

  it('changes with the content and the order of the objects', () => {
    const [part] = unsigned.objects;
    const other = { ...part, sha256: sha256('other') };
    const texts = [[part], [other], [part, other], [other, part]].map((objects) =>
      canonicalManifest({ ...unsigned, objects }),
    );
    expect(new Set(texts).size).toBe(4);
  });

  it('fails to read a manifest with a part that has no sha256', () => {
    const [{ sha256: _, ...part }] = unsigned.objects as [(typeof unsigned.objects)[number]];
    expect(DatasetManifest.safeParse({ ...unsigned, objects: [part], digest: sha256('') }).success).toBe(false);
  });
});
