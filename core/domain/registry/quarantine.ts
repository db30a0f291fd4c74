/** So many crashes, each within a day of the one before, and a version is not served any more. */
export const CRASHES_TO_QUARANTINE = 3;
export const CRASHES_COUNT_FOR_SECONDS = 24 * 60 * 60;
