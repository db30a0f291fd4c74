import { defineConfig } from './lib/config.ts';

/** The services of this deployment. Any other name that is registered is served by the shared pool. */
export default defineConfig({
  services: {
    fraud: {
      description: 'Probability that a card transaction is fraudulent',
      memoryMiB: 1024,
      capture: { samplingRate: 1 },
      monitor: { task: { kind: 'binary', positive: 1 }, labelDelayHours: 7 * 24 },
    },
    digits: { description: 'Handwritten digits from 28 x 28 images', memoryMiB: 1024 },
  },
});
