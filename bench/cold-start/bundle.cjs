// Our bundle as Lambda's runtime loads it: the module, then one event.
const started = performance.now();
const { handler } = require(process.env.BUNDLE);
const loaded = performance.now();

async function main() {
  const { statusCode, body } = await handler(JSON.parse(process.env.EVENT), { getRemainingTimeInMillis: () => 10_000 });
  const answered = performance.now();
  if (statusCode !== 200) throw new Error(body);
  const { user, system } = process.cpuUsage();
  const cpu = (user + system) / 1000;
  process.stdout.write(JSON.stringify({ started, loaded, answered, cpu, bytes: body.length }), () => process.exit(0));
}
main();
