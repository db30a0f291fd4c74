import { PlatformError } from '../errors.ts';
import { readOperators } from './read-operators.ts';

/** What ONNX Runtime 1.30 reads, found out by asking it: see the record on admission. */
const RUNTIME = 'ONNX Runtime 1.30';
const MAX_IR_VERSION = 13;
const MAX_OPERATOR_SET: ReadonlyMap<string, number> = new Map([
  ['ai.onnx', 26],
  ['ai.onnx.ml', 5],
]);

/** Domains that it has operators of; which ones, it says itself when it loads a model. */
const DOMAINS = new Set([
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
]);

/** A model may call operators by the thousand, and name them as it likes. */
const NAMES_SHOWN = 3;
const NAME_CHARACTERS = 60;

/**
 * Refuses what ONNX Runtime cannot have, before it is asked: operator sets and formats that came after it, and operators of
 * libraries that are not there.
 *
 * @throws `onnx.unsupported` naming what the model needs and what there is
 */
export function checkRuntimeSupport(file: Uint8Array): void {
  const { irVersion, operatorSets, operators, functionDomains } = readOperators(file);
  if (irVersion > MAX_IR_VERSION) {
    throw unsupported(
      'IR version',
      `the file has the IR version ${irVersion}, ${RUNTIME} reads versions up to ${MAX_IR_VERSION}: export it with an older version of onnx, or set model.ir_version`,
    );
  }
  for (const { domain, version } of operatorSets) {
    const max = MAX_OPERATOR_SET.get(domain);
    if (max === undefined || version <= max) continue;
    throw unsupported(
      'operator set',
      `the model needs version ${version} of the operator set ${domain}, ${RUNTIME} has versions up to ${max}: export it with opset ${max} or lower, or convert it with onnx.version_converter`,
    );
  }
  for (const [domain, names] of operators) {
    if (DOMAINS.has(domain) || functionDomains.has(domain)) continue;
    throw unsupported(
      'custom operators',
      `the model calls ${show([...names])} of ${quote(domain)}, a library of custom operators that ${RUNTIME} does not have: export it with standard operators`,
    );
  }
}

const quote = (name: string): string =>
  JSON.stringify(name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name);

function show(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).map(quote).join(', ') + (more > 0 ? ` and ${more} more operators` : '');
}

const unsupported = (what: string, message: string) =>
  new PlatformError('onnx.unsupported', { message, details: { what } });
