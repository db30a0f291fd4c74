import * as z from 'zod';
import type { StepFunctionsService } from '../../services/step-functions.ts';
import { defineProvider, noEffect, type Providers } from '../provider.ts';

const Properties = z.strictObject({
  Definition: z.record(z.string(), z.unknown()).optional(),
  DefinitionString: z.string().optional(),
  DefinitionSubstitutions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  EncryptionConfiguration: noEffect('data lies unencrypted in the data folder, which the file system protects'),
  LoggingConfiguration: noEffect('the history of an execution is kept with it'),
  RoleArn: z.string(),
  StateMachineName: z.string().optional(),
  StateMachineType: z.literal('STANDARD').default('STANDARD'),
  Tags: noEffect('nothing reads tags'),
  TracingConfiguration: noEffect('there are no traces on one machine'),
});

/** State machines, their definitions resolved. */
export function stateProviders(states: Pick<StepFunctionsService, 'putStateMachine'>): Providers {
  return {
    'AWS::StepFunctions::StateMachine': defineProvider({
      properties: Properties,
      naming: { property: 'StateMachineName', maxLength: 80 },
      create(resource) {
        const { Definition, DefinitionString, DefinitionSubstitutions, RoleArn: roleArn } = resource.properties;
        const text: string =
          DefinitionString ??
          JSON.stringify(Definition ?? resource.refuse('it has neither DefinitionString nor Definition'));
        const definition = Object.entries(DefinitionSubstitutions).reduce<string>(
          (filled, [name, value]) => filled.replaceAll(`\${${name}}`, String(value)),
          text,
        );
        const arn = resource.attempt(() => states.putStateMachine({ name: resource.name, definition, roleArn }));
        return { ref: arn, attributes: { Arn: arn, Name: resource.name } };
      },
    }),
  };
}
