import { describe, expect, it } from 'vitest';
import { deployStacks } from '../../../../local/assembly/deploy-stacks.ts';
import { stateProviders } from '../../../../local/assembly/providers/step-functions.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { openLocalStates } from '../../services/states/local-states.ts';
import { resource, stack } from '../assembly-fixture.ts';

const ROLE = { RoleArn: 'arn:aws:iam::000000000000:role/states' };
const placeholder = (name: string): string => `$${`{${name}}`}`;
const TASK = {
  Type: 'Task',
  Resource: placeholder('Invoke'),
  Parameters: { FunctionName: placeholder('Name') },
  End: true,
};
const DEFINITION = { StartAt: 'A', States: { A: TASK } };

async function deploy(properties: object) {
  using folder = temporaryFolder();
  await using states = await openLocalStates({ directory: folder.path });
  const Resources = { Machine: resource('AWS::StepFunctions::StateMachine', { ...ROLE, ...properties }) };
  const Outputs = {
    Arn: { Value: { Ref: 'Machine' } },
    Name: { Value: { 'Fn::GetAtt': ['Machine', 'Name'] } },
  };
  return await deployStacks([stack('S', { Resources, Outputs })], stateProviders(states.service));
}

describe('a state machine of the template', () => {
  it.each([
    ['text', { DefinitionString: JSON.stringify(DEFINITION) }],
    ['an object', { Definition: DEFINITION }],
  ])('is taken with its definition as %s, substitutions filled in', async (_, definition) => {
    const DefinitionSubstitutions = { Invoke: 'arn:aws:states:::lambda:invoke', Name: 'work' };
    const outputs = await deploy({ ...definition, DefinitionSubstitutions, StateMachineName: 'retrain' });
    expect(outputs).toEqual({
      'S.Arn': 'arn:aws:states:us-east-1:000000000000:stateMachine:retrain',
      'S.Name': 'retrain',
    });
  });

  it.each([
    ['a placeholder that nothing fills', { Definition: DEFINITION }, /\$\{Invoke\} was not resolved/],
    ['no definition', {}, /neither DefinitionString nor Definition/],
    ['a property that is not known', { Definition: {}, DefinitionS3Location: {} }, /DefinitionS3Location/],
    ['an express workflow', { Definition: DEFINITION, StateMachineType: 'EXPRESS' }, /StateMachineType/],
  ])('fails with %s', async (_, properties, message) => {
    await expect(deploy(properties)).rejects.toThrow(message);
  });
});
