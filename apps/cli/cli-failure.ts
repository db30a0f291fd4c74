/** Something on this side stands in the way: a file that is missing or holds the wrong thing. Exit code 1. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
}
