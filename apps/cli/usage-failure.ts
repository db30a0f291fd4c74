/** The command was written wrongly, in a way that only shows when its parts are seen together. Exit code 2. */
export class UsageFailure extends Error {
  override readonly name = 'UsageFailure';
}
