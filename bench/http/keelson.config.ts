import { defineConfig } from '../../lib/config.ts';

const captured = { memoryMiB: 1024, capture: { samplingRate: 1 } };
const several = {
  ...captured,
  memoryMiB: 2048,
  // Nobody asks for it on one machine.
  managedInstances: { capacityProviderArn: 'arn:aws:lambda:us-east-1:000000000000:capacity-provider:bench' },
};

/** Services of the benches over HTTP, each with a function of its own whose every prediction is captured. */
export default defineConfig({
  services: { trees: captured, linear: captured, 'trees-several': several, 'linear-several': several },
});
