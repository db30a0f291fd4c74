/** As in `Last-Modified`. */
export const httpDate = (timeMs: number) => new Date(timeMs).toUTCString();

/** As in XML. S3 keeps whole seconds. */
export const xmlDate = (timeMs: number) => new Date(wholeSecondsMs(timeMs)).toISOString();

export const wholeSecondsMs = (timeMs: number) => Math.floor(timeMs / 1000) * 1000;
