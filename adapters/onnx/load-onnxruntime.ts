import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads the library from where the function finds it: a layer on AWS, `node_modules` elsewhere. A layer's packages are
 * found through NODE_PATH, which `require` reads and `import` does not.
 *
 * @param directory where the bundle lies
 */
export function loadOnnxruntime(directory: string): typeof import('onnxruntime-node') {
  // Text models construct the locale en_US.UTF-8, which Lambda does not have; the C library reads this when a model is loaded.
  process.env['LOCPATH'] = join(directory, 'locale');
  return createRequire(join(directory, 'index.cjs'))('onnxruntime-node');
}
