// A server as one writes it in an afternoon: fastify, onnxruntime-node with its defaults, JSON in, JSON out, no checks.
import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const session = await InferenceSession.create(readFileSync(process.env.MODEL_FILE));
const app = fastify({ bodyLimit: 16 * 1024 * 1024 });

app.post('/predict', async ({ body }) => {
  const feeds = {};
  for (const { name, shape, data } of body.inputs) feeds[name] = new Tensor('float32', Float32Array.from(data), shape);
  const results = await session.run(feeds);
  return {
    outputs: Object.entries(results).map(([name, { dims, data }]) => ({
      name,
      shape: dims,
      data: Array.from(data, Number),
    })),
  };
});

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
