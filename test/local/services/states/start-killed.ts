import { appendFileSync } from 'node:fs';
import { createStepFunctionsService } from '../../../../local/services/step-functions.ts';

/** Runs one execution in a folder and kills itself when the clock is read for the given time: between any two writes, and within them. */
const [directory = '', effects = '', readsUntilKill = ''] = process.argv.slice(2);
let left = Number(readsUntilKill);

const clock = {
  now() {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return Date.now();
  },
  offsetMs: () => 0,
  advance: () => undefined,
  check: () => undefined,
};

const task = (name: string, more: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'f', Payload: { state: name, input: '{% $states.input %}' } },
  Output: '{% $states.result.Payload %}',
  ...more,
});

const service = createStepFunctionsService({
  directory,
  clock,
  account: '000000000000',
  region: 'us-east-1',
  endpoint: () => '',
  functions: () => ({
    find: () => ({ name: 'f' }) as never,
    async invoke(_name, { requestId, payload }) {
      const { state, input } = JSON.parse(String(payload));
      appendFileSync(effects, `${JSON.stringify({ state, input, requestId })}\n`);
      return { kind: 'answer', payload: Buffer.from(JSON.stringify(`${input}${state}`)) };
    },
  }),
});
const arn = service.putStateMachine({
  name: 'm',
  roleArn: 'r',
  definition: JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Items: ['1', '2', '3'],
        ItemProcessor: { StartAt: 'a', States: { a: task('a', { Next: 'b' }), b: task('b', { End: true }) } },
        Next: 'Pause',
      },
      Pause: { Type: 'Wait', Seconds: 0, Next: 'c' },
      c: task('c', {
        Arguments: { FunctionName: 'f', Payload: { state: 'c', input: '{% $join($states.input) %}' } },
        End: true,
      }),
    },
  }),
});
await service.target.deliver({ arn, payload: '{}', attempt: 0, id: 'one' });
for (const source of service.sources) await source.run(Date.now());
service.close();
