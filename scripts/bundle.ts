import { randomUUID } from 'node:crypto';
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { lazyModules } from './lazy-modules.ts';

export interface BundleOptions {
  /** Folder that holds `lambdas`, `assets` and `node_modules`. @default - this repository */
  readonly root?: string;
  /** Folder to write to. @default - `dist` below the root */
  readonly outdir?: string;
}

export interface BundleReport {
  readonly outdir: string;
  /** Bytes of each function's folder and each layer, by its path below the outdir. */
  readonly bytes: Readonly<Record<string, number>>;
}

const REPOSITORY = join(import.meta.dirname, '..');

/** What a layer needs of the packages: their JavaScript, and one processor's native library out of the 290 MB. */
const LAYER_ARCHITECTURES = ['arm64', 'x64'] as const;
const layerFiles = (architecture: string) => ({
  'onnxruntime-node': ['package.json', 'dist/**/*.js', `bin/napi-v6/linux/${architecture}/*`],
  'onnxruntime-common': ['package.json', 'dist/cjs/**/*.js', 'dist/cjs/package.json'],
});
/** GPU providers load CUDA libraries that Lambda does not have. */
const GPU_PROVIDER = /cuda|tensorrt|rocm|migraphx|providers_shared/i;

/** Functions that run models on the native library: in a process of its own, with the locale that text models construct. */
const MODEL_FUNCTIONS = ['admit', 'infer'];
const MODEL_PROCESS = join('adapters', 'onnx', 'model-process.ts');

/** Content by path below the outdir. */
type Files = Map<string, Uint8Array>;

/**
 * Makes all that functions run: `lambdas/<name>/` with a bundle and what lies beside it, and a layer per processor.
 *
 * The same sources give the same bytes, and a file that has not changed is not written: two synths may run at once.
 */
export async function bundle({
  root = REPOSITORY,
  outdir = join(root, 'dist'),
}: BundleOptions = {}): Promise<BundleReport> {
  const files: Files = new Map([...(await bundleFunctions(root)), ...(await localeFor(root, MODEL_FUNCTIONS))]);
  for (const architecture of LAYER_ARCHITECTURES) {
    for (const [path, content] of await readLayer(root, architecture)) files.set(path, content);
  }
  for (const [path, content] of files) await writeIfChanged(outdir, path, content);
  for (const folder of ['lambdas', 'layers']) await removeOthers(outdir, folder, files);
  return { outdir, bytes: sizes(files) };
}

/** One esbuild call for all functions: 0.2 s instead of some seconds for each; and one for what they load later. */
async function bundleFunctions(root: string): Promise<Files> {
  const names = await functionNames(root);
  const lazy = lazyModules();
  const files: Files = new Map();
  const metafile: Metafile = { inputs: {}, outputs: {} };
  let entries: Record<string, string> = Object.fromEntries([
    ...names.map((name) => [`${name}/index`, join('lambdas', name, 'index.ts')]),
    ...names.filter((name) => MODEL_FUNCTIONS.includes(name)).map((name) => [`${name}/model-process`, MODEL_PROCESS]),
  ]);
  while (Object.keys(entries).length > 0) {
    const made = await buildEntries(root, { entries, plugin: lazy.plugin });
    for (const [path, content] of made.files) files.set(path, content);
    Object.assign(metafile.inputs, made.metafile.inputs);
    Object.assign(metafile.outputs, made.metafile.outputs);
    const found = Object.entries(lazy.entriesOf(made.metafile.outputs));
    entries = Object.fromEntries(found.filter(([name]) => !files.has(join('lambdas', `${name}.cjs`))));
  }
  return files.set('meta.json', Buffer.from(`${JSON.stringify(metafile, undefined, 1)}\n`));
}

async function buildEntries(
  root: string,
  { entries, plugin }: { entries: Readonly<Record<string, string>>; plugin: Plugin },
): Promise<{ files: Files; metafile: Metafile }> {
  const outdir = join(root, 'dist', 'lambdas');
  const result = await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    plugins: [plugin],
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    // Node looks into layers for `require` only: NODE_PATH means nothing to `import`.
    format: 'cjs',
    // A lazy module is required then: the loader of ES modules would take longer to come than the module.
    supported: { 'dynamic-import': false },
    // The native library comes from the layer. The AWS SDK does come with Lambda, but in a version that changes under the
    // function and as many files: bundled it is the version that was tested, and starts faster.
    external: ['onnxruntime-node'],
    minify: true,
    // A map is twice the size of the bundle and would be shipped with it; the bytes are reproducible, so a map can be made
    // from the same commit when a stack trace needs one.
    sourcemap: false,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
  });
  if (result.warnings.length > 0) {
    const texts = result.warnings.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`);
    throw new Error(
      `esbuild warns, and a warning here is a function that fails when it is called:\n${texts.join('\n')}`,
    );
  }
  const files: Files = new Map(
    result.outputFiles.map(({ path, contents }) => [join('lambdas', path.slice(outdir.length + 1)), contents]),
  );
  return { files, metafile: result.metafile };
}

async function localeFor(root: string, functions: readonly string[]): Promise<Files> {
  const files = await Promise.all(
    functions.map((name) => readFolder(join(root, 'assets', 'locale'), ['**/*'], `lambdas/${name}/locale`)),
  );
  return new Map(files.flatMap((folder) => [...folder]));
}

/** Every folder below `lambdas` is a function, but for those that start with `_`. */
async function functionNames(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'lambdas'), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('_')).map(({ name }) => name);
  if (names.length === 0) throw new Error(`${join(root, 'lambdas')} holds no function: no folder with an index.ts`);
  return names.sort();
}

async function readLayer(root: string, architecture: string): Promise<Files> {
  const files: Files = new Map();
  for (const [packageName, patterns] of Object.entries(layerFiles(architecture))) {
    const target = `layers/onnxruntime-${architecture}/nodejs/node_modules/${packageName}`;
    for (const [path, content] of await readFolder(join(root, 'node_modules', packageName), patterns, target)) {
      if (!GPU_PROVIDER.test(path)) files.set(path, content);
    }
  }
  const native = [...files.keys()].some((path) => path.endsWith('/onnxruntime_binding.node'));
  if (native) return files;
  throw new Error(`node_modules/onnxruntime-node has no library for linux/${architecture}; run 'npm ci' again`);
}

async function readFolder(folder: string, patterns: readonly string[], target: string): Promise<Files> {
  const paths: string[] = [];
  for await (const entry of glob(patterns, { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name).slice(folder.length + 1));
  }
  return new Map(
    await Promise.all(
      paths
        .sort()
        .map(async (path): Promise<[string, Uint8Array]> => [join(target, path), await readFile(join(folder, path))]),
    ),
  );
}

async function writeIfChanged(outdir: string, path: string, content: Uint8Array): Promise<void> {
  const target = join(outdir, path);
  const existing = await readFile(target).catch(() => undefined);
  if (existing?.equals(content)) return;
  // Renamed into place, so that a synth that runs at the same time reads the old file or the new one. The temporary name is
  // outside of every folder that becomes an asset.
  const temporary = join(outdir, `.${randomUUID()}`);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(temporary, content);
  await rename(temporary, target);
}

/** What an earlier run left and no source makes any more must not be shipped. */
async function removeOthers(outdir: string, folder: string, files: Files): Promise<void> {
  const entries = await readdir(join(outdir, folder), { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(outdir.length + 1);
    if (entry.isFile() && !files.has(path)) await rm(join(outdir, path));
  }
}

function sizes(files: Files): Record<string, number> {
  const bytes: Record<string, number> = {};
  for (const [path, { length }] of files) {
    const [kind, name] = path.split('/');
    if (name !== undefined) bytes[`${kind}/${name}`] = (bytes[`${kind}/${name}`] ?? 0) + length;
  }
  return bytes;
}

if (import.meta.main) {
  const { outdir, bytes } = await bundle();
  console.log(outdir);
  for (const [path, size] of Object.entries(bytes)) console.log(`${(size / 1024).toFixed(0).padStart(8)} KiB  ${path}`);
}
