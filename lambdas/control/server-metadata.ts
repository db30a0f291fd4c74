import { KEELSON_VERSION } from '../../core/contracts/product.ts';

/** GET /v2. Extensions of the Open Inference Protocol are listed once they are served. */
export const serverMetadata = { name: 'keelson', version: KEELSON_VERSION, extensions: [] as const };
