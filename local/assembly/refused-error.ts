export type RefusalCode =
  | 'assembly.unreadable'
  | 'assembly.cycle'
  | 'assembly.reference_unknown'
  | 'assembly.intrinsic_unsupported'
  | 'assembly.resource_type_unknown'
  | 'assembly.property_unsupported'
  | 'platform.port_in_use'
  | 'platform.data_folder_in_use'
  | 'platform.token_required';

/** The local platform cannot do what was asked of it, and says so by name instead of leaving it out. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
