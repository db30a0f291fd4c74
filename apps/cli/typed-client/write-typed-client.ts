import type { ModelVersion } from '../../../core/contracts/api.ts';
import { writeModel, writeRows } from './model-types.ts';

/** How a written client begins: what stands at this path may be written over. */
export const FIRST_LINE = '// Written by `keelson client`; do not change it, write it anew:';

/**
 * A typed client of one version, in one file without dependencies. The same version and template give the same text.
 *
 * @param template the source of `template.ts`
 */
export function writeTypedClient(version: ModelVersion, template: string): string {
  const rows = writeRows(version);
  const [, body = ''] = template.split('// <model>');
  const model = `// <model>${body}`.replace(part('model'), () => `${writeModel(version)}\n`);
  const text =
    rows === undefined
      ? model.replace(part('predict'), '')
      : model.replace(part('rows'), () => `${rows}\n`).replace(/^ *\/\/ <\/?predict>\n/gm, '');
  return `${header(version, rows !== undefined)}\n${text}`;
}

/** A marked part of the template, with its marks. */
const part = (name: string): RegExp => new RegExp(`^ *// <${name}>\\n[^]*?^ *// </${name}>\\n`, 'gm');

const header = ({ service, version, sha256 }: ModelVersion, byRow: boolean): string =>
  `${[
    FIRST_LINE,
    `//   keelson client ${service} --out FILE                what serves now`,
    `//   keelson client ${service} --version ${version} --out FILE    the same again`,
    `// Made from version ${version}, sha256 ${sha256}.`,
    ...(byRow
      ? []
      : ['// There is no `predict`: an input or output of the model does not have an entry for each row.']),
    '/* eslint-disable */',
  ].join('\n')}\n`;
