import { defineConfig } from '../../lib/config.ts';

const captured = { memoryMiB: 1024, capture: { samplingRate: 1 } };

/** Services of the benches over HTTP, each with a function of its own whose every prediction is captured. */
export default defineConfig({ services: { trees: captured, linear: captured } });
