import { PlatformError } from '../errors.ts';

/** @throws `training.option_invalid` unless 0 < confidence < 1 */
export function checkConfidence(confidence: number): void {
  if (confidence > 0 && confidence < 1) return;
  throw new PlatformError('training.option_invalid', {
    message: `confidence is ${confidence}; allowed is a number between 0 and 1, both excluded, such as 0.95`,
    details: { option: 'confidence', got: String(confidence), allowed: 'between 0 and 1' },
  });
}
