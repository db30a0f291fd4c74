/** A file of the model cannot be sent as it is; nothing of it has been. */
export class ModelFileFailure extends Error {
  override readonly name = 'ModelFileFailure';
}
