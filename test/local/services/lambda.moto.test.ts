import { describe, it } from 'vitest';
import { describeLambda, type LambdaFunctions, type OpenedLambda } from '../../contracts/services/lambda.contract.ts';
import { createMotoFunctions, startMotoHarness, whyNoMotoHarness } from '../../support/moto-harness.ts';

const HANDLED = 'moto calls every function error Handled, a value that AWS gave up';
const UNCHECKED = 'moto hands on what AWS refuses, and fails itself';
const DEVIATIONS = {
  'names the version that answered': 'moto names none without a qualifier',
  'reports what a function throws as a function error': HANDLED,
  'reports a function that ends its process as a function error': HANDLED,
  'answers an asynchronous invocation at once with 202': 'moto waits for the function and answers its result',
  'fails for a qualifier that does not exist': 'moto ignores qualifiers that it does not know',
  'fails for a payload that is no JSON': UNCHECKED,
  'fails for a payload above 6 MB': UNCHECKED,
  'fails for an asynchronous payload above 1 MB': UNCHECKED,
};

const reason = whyNoMotoHarness();
if (reason === undefined) {
  const open = async (functions: LambdaFunctions): Promise<OpenedLambda> => {
    const moto = await startMotoHarness();
    await createMotoFunctions(moto.url, functions);
    return { url: moto.url, close: moto.stop };
  };
  describeLambda('moto', open, DEVIATIONS);
} else {
  describe('Lambda: moto', () => it.skip(`(skipped: ${reason})`, () => undefined));
}
