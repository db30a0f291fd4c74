const MIB = 1024 * 1024;

/** Largest request body, after decompression. A function's event carries binary bodies in base64, and Lambda takes 6 MB. */
export const BODY_LIMIT_BYTES = 4 * MIB;

/** Largest model artifact. */
export const ARTIFACT_LIMIT_BYTES = 200 * MIB;

/** How long a pre-signed upload URL works. */
export const UPLOAD_EXPIRY_SECONDS = 15 * 60;

/** Uploads that were never registered are removed by the bucket after this many days. */
export const UPLOAD_RETENTION_DAYS = 1;
