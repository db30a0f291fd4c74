import { describe, expect, it } from 'vitest';
import type { BaselineStore } from '../../core/ports/baseline-store.ts';
import { caughtFrom } from '../support/caught.ts';

const FILES = { 'profile.json': '{"a":"ö"}', 'statistics.json': '{}', 'constraints.json': '[]' };

/** What every baseline store must do. @param open gives one store; every test uses folders of its own */
export function describeBaselineStore(name: string, open: () => BaselineStore): void {
  describe(`baseline store: ${name}`, () => {
    it('gives back what was put, over what was there', async () => {
      const store = open();
      await store.put('baselines/one/1/', { ...FILES, 'profile.json': 'old' });
      await store.put('baselines/one/1/', FILES);
      expect(await store.read('baselines/one/1/', 'profile.json')).toBe('{"a":"ö"}');
      expect(await store.read('baselines/one/1/', 'constraints.json')).toBe('[]');
    });

    it('finds nothing where nothing was put', async () => {
      expect(await open().read('baselines/nobody/1/', 'profile.json')).toBeUndefined();
      expect(await open().tag('baselines/nobody/1/', 'profile.json')).toBeUndefined();
    });

    it('tells a file that was written anew from the one before', async () => {
      const store = open();
      await store.put('baselines/tag/1/', FILES);
      const tag = await store.tag('baselines/tag/1/', 'profile.json');
      expect(await store.tag('baselines/tag/1/', 'profile.json')).toBe(tag);
      await store.put('baselines/tag/1/', { ...FILES, 'profile.json': '{}' });
      expect([undefined, tag]).not.toContain(await store.tag('baselines/tag/1/', 'profile.json'));
    });

    it('copies all files of a folder, as often as it is asked', async () => {
      const store = open();
      await store.put('baselines/two words/sha256/ab/', FILES);
      for (let i = 0; i < 2; i += 1) await store.copy('baselines/two words/sha256/ab/', 'baselines/two words/7/');
      expect(await store.read('baselines/two words/7/', 'statistics.json')).toBe('{}');
      expect(await store.read('baselines/two words/7/', 'profile.json')).toBe('{"a":"ö"}');
    });

    it('fails to copy what is not there', async () => {
      const error = await caughtFrom(open().copy('baselines/nobody/1/', 'baselines/nobody/2/'));
      expect(error.code).toBe('artifact.store_unavailable');
    });
  });
}
