import { PlatformError } from '../errors.ts';

const LIMIT_CHARACTERS = 500;

/**
 * Checks where a tensor says its values are: a file in the model's folder or below it, with `/` between folders.
 * What is left of the path then means the same on every system, and nothing outside.
 *
 * @throws `onnx.external_data_unsafe`
 */
export function checkLocation(location: string, tensor: string): void {
  const problem = findProblem(location);
  if (problem === undefined) return;
  throw new PlatformError('onnx.external_data_unsafe', {
    message: `the weights of ${JSON.stringify(tensor)} are said to be in ${JSON.stringify(location.slice(0, LIMIT_CHARACTERS))}, which ${problem}; save the model anew so that its external data lies beside it, for example with onnx.save(model, path, save_as_external_data=True, location="model.onnx.data")`,
    details: { location: location.slice(0, LIMIT_CHARACTERS), tensor },
  });
}

function findProblem(location: string): string | undefined {
  if (location === '') return 'names no file';
  if (location.length > LIMIT_CHARACTERS) return `has more than ${LIMIT_CHARACTERS} characters`;
  if (location.includes('\0')) return 'holds a NUL character';
  if (location.includes('\\')) return 'holds a backslash';
  if (location.startsWith('/')) return 'is an absolute path';
  if (/^[A-Za-z]:/.test(location)) return 'names a drive';
  const outside = location.split('/').some((part) => part === '' || part === '.' || part === '..');
  return outside ? 'is not a plain path below the model' : undefined;
}
