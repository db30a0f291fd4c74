import { describe, expect, it } from 'vitest';
import { promote, rollBack } from '../../core/domain/registry/champion.ts';
import type { Idempotency, ModelRegistry, ServiceState } from '../../core/ports/model-registry.ts';
import { aDraft, aRollout } from '../support/a-version.ts';
import { caughtFrom } from '../support/caught.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const RIVALS = 50;

const once = (parts: Partial<Idempotency> = {}): Idempotency => ({
  key: 'key-1',
  fingerprint: 'f1',
  expiresAt: 2_000_000_000,
  ...parts,
});

/** What every registry must do. @param open gives one registry; every test uses a service of its own */
export function describeModelRegistry(name: string, open: () => ModelRegistry): void {
  let services = 0;
  const freshService = () => {
    services += 1;
    return `${name.replaceAll(/[^a-z]/gi, '')}-${services}`;
  };

  /** A service with `count` versions. */
  const registered = async (count = 1): Promise<{ registry: ModelRegistry; service: string }> => {
    const registry = open();
    const service = freshService();
    for (let i = 0; i < count; i += 1) await registry.appendVersion(aDraft({ service }));
    return { registry, service };
  };

  const stateOf = async (registry: ModelRegistry, service: string): Promise<ServiceState> =>
    (await registry.findService(service)) as ServiceState;

  const promoteTo = async (registry: ModelRegistry, service: string, version: number): Promise<ServiceState> => {
    const next = promote(await stateOf(registry, service), version, NOW);
    await registry.moveChampion(next, aRollout(next));
    return next;
  };

  describe(`model registry: ${name}`, () => {
    it('knows nothing of a service that was never registered', async () => {
      const registry = open();
      const service = freshService();
      expect(await registry.findService(service)).toBeUndefined();
      expect(await registry.findVersion(service, 1)).toBeUndefined();
      expect(await registry.findRollout(service, 'r1')).toBeUndefined();
      expect(await registry.listVersions(service)).toEqual([]);
      expect(await registry.listRollouts(service)).toEqual([]);
      expect(await registry.findRequest(service, once())).toBeUndefined();
    });

    it('numbers versions from 1 and returns them as they were given', async () => {
      const registry = open();
      const service = freshService();
      const draft = aDraft({
        service,
        signature: {
          inputs: [
            { name: 'a', datatype: 'FP32', shape: ['N', null, 3] },
            { name: 'b', datatype: 'BYTES', shape: [], anyRank: true },
          ],
          outputs: [{ name: '', datatype: 'INT64', shape: [] }],
        },
        classLabels: { p: ['yes', 2, ''] },
        metadata: { author: 'é', '': 'an empty name' },
        metrics: { auc: 0.97, pValue: 1e-200, loss: 1e200, rows: 2 ** 60, zero: 0 },
        lineage: { datasetDigest: 'sha256:x', split: { train: [1, null, true, { '': 1e-300 }] }, parentVersion: 3 },
        baseline: 'baselines/x',
        notes: ['a note'],
      });
      expect(await registry.appendVersion(draft)).toEqual({ ...draft, version: 1 });
      expect(await registry.findVersion(service, 1)).toEqual({ ...draft, version: 1 });
      expect(await registry.appendVersion(aDraft({ service }))).toMatchObject({ version: 2 });
      expect(await stateOf(registry, service)).toEqual({
        service,
        latestVersion: 2,
        champion: null,
        earlierChampions: [],
        revision: 0,
        updatedAt: NOW,
      });
    });

    it('lists versions newest first, as numbers', async () => {
      const { registry, service } = await registered(11);
      const versions = await registry.listVersions(service);
      expect(versions.map(({ version }) => version)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    });

    it('lists services in order of name', async () => {
      const { registry, service: first } = await registered(2);
      const { service: second } = await registered();
      const listed = await registry.listServices();
      const names = listed.map(({ service }) => service);
      expect(names).toEqual(names.toSorted());
      expect(listed.filter(({ service }) => service === first || service === second)).toEqual(
        await Promise.all([first, second].toSorted().map((service) => stateOf(registry, service))),
      );
    });

    it('moves the champion with its record', async () => {
      const { registry, service } = await registered(2);
      const next = promote(await stateOf(registry, service), 2, NOW);
      const rollout = aRollout(next);
      expect(await registry.moveChampion(next, rollout)).toEqual(rollout);
      expect(await stateOf(registry, service)).toEqual(next);
      expect(await registry.findRollout(service, rollout.id)).toEqual(rollout);
    });

    it('lists changes newest first, and goes back champion by champion', async () => {
      const { registry, service } = await registered(3);
      for (const version of [1, 2, 3]) await promoteTo(registry, service, version);
      const back = rollBack(await stateOf(registry, service), NOW);
      await registry.moveChampion(back, aRollout(back, { kind: 'rollback' }));
      expect((await registry.listRollouts(service)).map(({ id, version }) => [id, version])).toEqual([
        ['r4', 2],
        ['r3', 3],
        ['r2', 2],
        ['r1', 1],
      ]);
      expect(await stateOf(registry, service)).toMatchObject({ champion: 2, earlierChampions: [1], revision: 4 });
    });

    it('fails to move the champion on a stale revision, and writes nothing', async () => {
      const { registry, service } = await registered(2);
      const stale = promote(await stateOf(registry, service), 1, NOW);
      const kept = await promoteTo(registry, service, 2);
      const error = await caughtFrom(registry.moveChampion(stale, aRollout(stale, { id: 'lost' }), once()));
      expect(error).toMatchObject({ code: 'registry.revision_conflict', details: { service, expected: 0 } });
      expect(await stateOf(registry, service)).toEqual(kept);
      expect(await registry.findRollout(service, 'lost')).toBeUndefined();
      expect(await registry.findRequest(service, once())).toBeUndefined();
    });

    it('takes a promotion while versions are being registered, and loses neither', async () => {
      const { registry, service } = await registered(2);
      const next = promote(await stateOf(registry, service), 1, NOW);
      const appends = Array.from({ length: 10 }, () => registry.appendVersion(aDraft({ service })));
      await Promise.all([registry.moveChampion(next, aRollout(next)), ...appends]);
      expect(await stateOf(registry, service)).toMatchObject({ champion: 1, revision: 1, latestVersion: 12 });
    });

    it(`gives ${RIVALS} registrations at once the numbers 1 to ${RIVALS}`, async () => {
      const registry = open();
      const service = freshService();
      const drafts = Array.from({ length: RIVALS }, (_, i) => aDraft({ service, notes: [`rival ${i}`] }));
      const versions = await Promise.all(drafts.map((draft) => registry.appendVersion(draft)));
      const numbers = Array.from({ length: RIVALS }, (_, i) => i + 1);
      expect(versions.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(numbers);
      expect((await registry.listVersions(service)).toReversed()).toEqual(
        versions.toSorted((a, b) => a.version - b.version),
      );
      expect(await stateOf(registry, service)).toMatchObject({ latestVersion: RIVALS, revision: 0 });
    });

    it(`lets one of ${RIVALS} promotions from one revision win`, async () => {
      const { registry, service } = await registered(2);
      const next = promote(await stateOf(registry, service), 2, NOW);
      const moves = Array.from({ length: RIVALS }, (_, i) =>
        registry.moveChampion(next, aRollout(next, { id: `rival-${i}` })),
      );
      const settled = await Promise.allSettled(moves);
      const won = settled.filter(({ status }) => status === 'fulfilled');
      const codes = settled.flatMap((move) => (move.status === 'rejected' ? [move.reason.code] : []));
      expect(won).toHaveLength(1);
      expect(codes).toEqual(new Array(RIVALS - 1).fill('registry.revision_conflict'));
      expect(await registry.listRollouts(service)).toEqual(won.map((move) => 'value' in move && move.value));
      expect(await stateOf(registry, service)).toEqual(next);
    });

    it('answers a repeated registration with the first one', async () => {
      const { registry, service } = await registered();
      const first = await registry.appendVersion(aDraft({ service }), once());
      await registry.appendVersion(aDraft({ service }));
      expect(await registry.appendVersion(aDraft({ service, notes: ['repeated'] }), once())).toEqual(first);
      expect(await registry.findRequest(service, once())).toEqual({ version: first.version });
      expect(await stateOf(registry, service)).toMatchObject({ latestVersion: 3 });
    });

    it('registers once where the same request comes many times at once', async () => {
      const registry = open();
      const service = freshService();
      const repeats = Array.from({ length: 10 }, () => registry.appendVersion(aDraft({ service }), once()));
      const versions = await Promise.all(repeats);
      expect(new Set(versions.map(({ version }) => version))).toEqual(new Set([1]));
      expect(await stateOf(registry, service)).toMatchObject({ latestVersion: 1 });
    });

    it('answers a repeated promotion with the first one, also many at once', async () => {
      const { registry, service } = await registered(2);
      const next = promote(await stateOf(registry, service), 2, NOW);
      const repeats = Array.from({ length: 10 }, (_, i) =>
        registry.moveChampion(next, aRollout(next, { id: `try-${i}` }), once()),
      );
      const rollouts = await Promise.all(repeats);
      const [winner] = await registry.listRollouts(service);
      expect(rollouts).toEqual(new Array(10).fill(winner));
      expect(await registry.moveChampion(next, aRollout(next, { id: 'late' }), once())).toEqual(winner);
      expect(await registry.findRequest(service, once())).toEqual({ rolloutId: winner?.id });
      expect(await registry.listRollouts(service)).toHaveLength(1);
    });

    it('fails for a key that was used with another request, and writes nothing', async () => {
      const { registry, service } = await registered(2);
      await registry.appendVersion(aDraft({ service }), once());
      const other = once({ fingerprint: 'f2' });
      const next = promote(await stateOf(registry, service), 2, NOW);
      for (const attempt of [
        () => registry.findRequest(service, other),
        () => registry.appendVersion(aDraft({ service }), other),
        () => registry.moveChampion(next, aRollout(next), other),
      ]) {
        expect(await caughtFrom(attempt())).toMatchObject({
          code: 'registry.idempotency_mismatch',
          details: { key: 'key-1' },
        });
      }
      expect(await stateOf(registry, service)).toMatchObject({ latestVersion: 3, champion: null, revision: 0 });
      expect(await registry.listRollouts(service)).toEqual([]);
    });

    it('keeps the keys of different services apart', async () => {
      const { registry, service: one } = await registered();
      const { service: other } = await registered();
      await registry.appendVersion(aDraft({ service: one }), once());
      expect(await registry.findRequest(other, once())).toBeUndefined();
      expect(await registry.appendVersion(aDraft({ service: other }), once({ fingerprint: 'f2' }))).toMatchObject({
        version: 2,
      });
    });
  });
}
