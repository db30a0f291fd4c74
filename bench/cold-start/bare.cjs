// What every process on Node.js pays: it starts and answers.
const { user, system } = process.cpuUsage();
const cpu = (user + system) / 1000;
process.stdout.write(JSON.stringify({ started: performance.now(), answered: performance.now(), cpu }));
