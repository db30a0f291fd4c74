import { describe, expect, it } from 'vitest';
import { promote } from '../../../core/domain/registry/champion.ts';
import type { ServiceState } from '../../../core/ports/model-registry.ts';
import { describeServices } from '../../../core/usecases/describe-services.ts';
import { aDraft, aRollout } from '../../support/a-version.ts';
import { memoryModelRegistry } from '../../support/memory-model-registry.ts';

async function open() {
  const registry = memoryModelRegistry();
  for (const service of ['pooled', 'fraud']) await registry.appendVersion(aDraft({ service }));
  const next = promote((await registry.findService('fraud')) as ServiceState, 1, '2026-06-02T00:00:00.000Z');
  await registry.moveChampion(next, aRollout(next));
  return describeServices({ registry, declared: ['waiting', 'fraud'] });
}

const FRAUD = {
  service: 'fraud',
  declared: true,
  champion: 1,
  aliases: { champion: 1 },
  weights: { '1': 1 },
  latestVersion: 1,
  revision: 1,
  updatedAt: '2026-06-02T00:00:00.000Z',
};

describe('describeServices', () => {
  it('lists registered and declared services in order of name', async () => {
    const listed = await (await open()).list();
    expect(listed.map(({ service, declared }) => [service, declared])).toEqual([
      ['fraud', true],
      ['pooled', false],
      ['waiting', true],
    ]);
    expect(listed[0]).toEqual(FRAUD);
    expect(listed[1]).toMatchObject({ champion: null, aliases: {}, weights: {}, latestVersion: 1, revision: 0 });
  });

  it('tells of one service what it tells in the list', async () => {
    const services = await open();
    for (const summary of await services.list()) expect(await services.find(summary.service)).toEqual(summary);
  });

  it('tells of a declared service that it waits for its first version', async () => {
    expect(await (await open()).find('waiting')).toEqual({
      service: 'waiting',
      declared: true,
      champion: null,
      aliases: {},
      weights: {},
      latestVersion: 0,
      revision: 0,
      updatedAt: null,
    });
  });

  it('finds nothing under a name that is neither registered nor declared', async () => {
    expect(await (await open()).find('nobody')).toBeUndefined();
  });
});
