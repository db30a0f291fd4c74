import { basename, dirname, join } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';

export interface LazyModules {
  readonly plugin: Plugin;
  /** Entry points of the lazy modules that these outputs load, by the names that they load them by. */
  readonly entriesOf: (outputs: Metafile['outputs']) => Record<string, string>;
}

/**
 * What a source of ours loads by `import()` or `require()` of a relative path becomes a file of its own beside the bundle that
 * loads it: a function starts without reading it.
 */
export function lazyModules(): LazyModules {
  const sources = new Map<string, string>();
  const plugin: Plugin = {
    name: 'lazy-modules',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\/.*\.ts$/ }, ({ path, kind, resolveDir, importer }) => {
        if (kind !== 'dynamic-import' && kind !== 'require-call') return undefined;
        if (importer.includes('/node_modules/')) return undefined;
        const source = join(resolveDir, path);
        const name = basename(source, '.ts');
        const other = sources.get(name);
        if (other !== undefined && other !== source) throw new Error(`two lazy modules are called ${name}`);
        sources.set(name, source);
        return { path: `./${name}.cjs`, external: true };
      });
    },
  };
  return {
    plugin,
    entriesOf: (outputs) => {
      const entries: Record<string, string> = {};
      for (const [output, { imports }] of Object.entries(outputs)) {
        for (const { path, external } of imports) {
          const source = external ? sources.get(basename(path, '.cjs')) : undefined;
          if (source !== undefined && path.startsWith('./')) {
            entries[join(basename(dirname(output)), basename(path, '.cjs'))] = source;
          }
        }
      }
      return entries;
    },
  };
}
