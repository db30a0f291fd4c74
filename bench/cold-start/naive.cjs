// A handler as one writes it in an afternoon: the model lies beside it, and nothing is checked.
const started = performance.now();
const { readFileSync } = require('node:fs');
const { InferenceSession, Tensor } = require('onnxruntime-node');
const loaded = performance.now();

async function main() {
  const session = await InferenceSession.create(readFileSync(process.env.MODEL_FILE));
  const { inputs } = JSON.parse(JSON.parse(process.env.EVENT).body);
  const [{ name, shape, data }] = inputs;
  const answer = await session.run({ [name]: new Tensor('float32', Float32Array.from(data), shape) });
  const body = JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? Number(value) : value));
  const answered = performance.now();
  const { user, system } = process.cpuUsage();
  const cpu = (user + system) / 1000;
  process.stdout.write(JSON.stringify({ started, loaded, answered, cpu, bytes: body.length }), () => process.exit(0));
}
main();
