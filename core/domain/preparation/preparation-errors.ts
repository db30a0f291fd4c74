import { PlatformError } from '../errors.ts';

/** @param step counted from 1; 0 for what concerns the declaration as a whole */
export const invalidStep = (step: number, problem: string) =>
  new PlatformError('preparation.invalid', {
    message: step === 0 ? `the declaration does not work: ${problem}` : `step ${step} does not work: ${problem}`,
    details: { step, problem },
  });

/** @param position in the expression, counted from 0 */
export const invalidExpression = (expression: string, position: number, problem: string) =>
  new PlatformError('preparation.expression_invalid', {
    message: `${JSON.stringify(expression)} is no expression, at character ${position + 1}: ${problem}`,
    details: { expression, position, problem },
  });
