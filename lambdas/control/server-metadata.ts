import { OPEN_INFERENCE_EXTENSIONS } from '../../core/contracts/open-inference.ts';
import { KEELSON_VERSION } from '../../core/contracts/product.ts';

/** GET /v2 */
export const serverMetadata = { name: 'keelson', version: KEELSON_VERSION, extensions: OPEN_INFERENCE_EXTENSIONS };
