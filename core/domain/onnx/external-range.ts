/** The values of one tensor, as a range of another file. */
export interface ExternalRange {
  readonly tensor: string;
  readonly location: string;
  readonly offset: number;
  /** The bytes that the tensor's type and dimensions take. */
  readonly length: number;
  /** SHA-1 of the whole file, lower-case hexadecimal. */
  readonly sha1?: string;
}
