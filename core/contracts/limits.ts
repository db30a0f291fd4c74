const MIB = 1024 * 1024;

/** Largest request body, after decompression. A function's event carries binary bodies in base64, and Lambda takes 6 MB. */
export const BODY_LIMIT_BYTES = 4 * MIB;

/** Largest body of the control API: what it takes is small, and checking a larger one could cost more memory than a function has. */
export const CONTROL_BODY_LIMIT_BYTES = 256 * 1024;

/** Most labels in one request: what a function keeps within a second or two. */
export const LABELS_LIMIT = 1_000;

/** Labels of predictions that are older than this are unknown. */
export const LABELS_WELCOME_DAYS = 90;

/** How long labels are kept. */
export const LABEL_RETENTION_DAYS = 400;

/** Largest model artifact. */
export const ARTIFACT_LIMIT_BYTES = 200 * MIB;

/** Most files of weights beside a model. */
export const EXTERNAL_FILES_LIMIT = 500;

/** Largest model that lies in the registry beside its version; an item there takes 400 KB. */
export const HEAD_START_LIMIT_BYTES = 300 * 1024;

/** How long a pre-signed upload URL works. */
export const UPLOAD_EXPIRY_SECONDS = 15 * 60;

/** Largest record that Firehose takes, before base64. */
export const CAPTURE_RECORD_LIMIT_BYTES = 1_000 * 1024;

/** Uploads that were never registered are removed by the bucket after this many days. */
export const UPLOAD_RETENTION_DAYS = 1;

/**
 * How long a registration may take until it has admitted the model: the control function is ended after 29 s, API Gateway gives
 * up after 30, and the version is still to be written.
 */
export const REGISTRATION_LIMIT_MS = 27_500;

/** How long after its start the function that admits models may still read a baseline: what is counted must be written, too. */
export const BASELINE_DEADLINE_MS = 19_500;

/** Longest run of the function that admits models: it reads the artifact, loads it and asks it rows. */
export const ADMISSION_TIMEOUT_SECONDS = 23;
