/** Requests have to be signed, and what it takes to sign them is missing. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure';
}
