import { quickInferEnvironment } from '../../core/contracts/quick/infer-environment.ts';
import { createHandler } from './handler.ts';
import { wire } from './wire.ts';

const { env } = process;
// Not `import()`: a function whose environment is wrong must fail to start.
const environment = quickInferEnvironment(env) ?? schemas().parseInferEnvironment(env);

export const handler = createHandler(wire(environment, __dirname));

function schemas(): typeof import('./schemas.ts') {
  return require('./schemas.ts');
}
