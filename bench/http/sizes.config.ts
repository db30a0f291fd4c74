import { defineConfig } from '../../lib/config.ts';

const captured = { memoryMiB: 1024, capture: { samplingRate: 1 } };

/** Services of one model each. */
export default defineConfig({ services: { linear: captured, trees: captured, native: captured } });
