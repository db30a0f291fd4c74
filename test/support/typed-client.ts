import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { writeTypedClient } from '../../apps/cli/typed-client/write-typed-client.ts';
import type { ModelVersion } from '../../core/contracts/api.ts';

const TEMPLATE = readFileSync(join('apps', 'cli', 'typed-client', 'template.ts'), 'utf8');

export const typedClient = (version: ModelVersion): string => writeTypedClient(version, TEMPLATE);

const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  // A browser's types: the client must not need those of Node.
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
};

/** The libraries are parsed once: they are most of the work. */
const libraries = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of files in memory, a line each. */
export function compile(files: Readonly<Record<string, string>>): string[] {
  const host = ts.createCompilerHost(STRICT);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, options) => {
    if (name in files) return ts.createSourceFile(name, files[name] as string, options);
    if (!libraries.has(name)) libraries.set(name, getSourceFile(name, options));
    return libraries.get(name);
  };
  host.fileExists = (name) => name in files || fileExists(name);
  host.readFile = (name) => files[name] ?? readFile(name);
  const program = ts.createProgram(Object.keys(files), STRICT, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 : 0;
    return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

/** Runs a written client, by type stripping. */
export async function importClient<T>(source: string): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-client-'));
  const path = join(folder, 'client.ts');
  writeFileSync(path, source);
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
