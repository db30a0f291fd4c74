import { defineConfig } from '../../lib/config.ts';

const several = {
  memoryMiB: 2048,
  capture: { samplingRate: 1 },
  managedInstances: {
    // Nobody asks for it on one machine.
    capacityProviderArn: 'arn:aws:lambda:us-east-1:000000000000:capacity-provider:bench',
    maxConcurrency: 128,
  },
};

/** Services for models on ONNX Runtime. */
export default defineConfig({ services: { batched: several, single: several, pool224: { memoryMiB: 1024 } } });
