/** SHA-256 in hexadecimal. The library is loaded at the first call: 3 ms that signing a request does without. */
export const contentHash = (bytes: Uint8Array): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(bytes).digest('hex');
