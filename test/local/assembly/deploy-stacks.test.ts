// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are CloudFormation's placeholders.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { deployStacks } from '../../../local/assembly/deploy-stacks.ts';
import { defineProvider, noEffect, type Providers, type Resource } from '../../../local/assembly/provider.ts';
import { resource, stack } from './assembly-fixture.ts';

/** A provider that keeps what it made. */
function things(): { providers: Providers; made: Resource<{ Value?: unknown }>[] } {
  const made: Resource<{ Value?: unknown }>[] = [];
  const providers = {
    'Test::Thing': defineProvider({
      properties: z.strictObject({
        ThingName: z.string().optional(),
        Value: z.unknown().optional(),
        Colour: noEffect('no eyes'),
      }),
      naming: { property: 'ThingName', maxLength: 40 },
      create(each) {
        made.push(each);
        return { ref: each.name, attributes: { Arn: `arn:${each.name}` } };
      },
    }),
  };
  return { providers, made };
}

const deploy = async (...stacks: Parameters<typeof stack>[]) => {
  const { providers, made } = things();
  const outputs = await deployStacks(
    stacks.map(([name, template]) => stack(name, template)),
    providers,
  );
  return { made, outputs };
};

describe('deploying stacks', () => {
  it('creates what is referred to before what refers to it', async () => {
    const { made } = await deploy([
      'S',
      {
        Resources: {
          First: resource('Test::Thing', { Value: { 'Fn::GetAtt': ['Second', 'Arn'] } }, ['Third']),
          Second: resource('Test::Thing', { ThingName: 'two' }),
          Third: resource('Test::Thing'),
        },
      },
    ]);
    expect(made.map(({ logicalId }) => logicalId)).toEqual(['Third', 'Second', 'First']);
    expect(made[2]?.properties.Value).toBe('arn:two');
  });

  it('gives a resource without a name the same one at every start', async () => {
    const template = { Resources: { Thing: resource('Test::Thing') } };
    const [one, again, other] = await Promise.all([
      deploy(['S', template]),
      deploy(['S', template]),
      deploy(['T', template]),
    ]);
    expect(one.made[0]?.name).toMatch(/^S-Thing-[0-9A-Z]{12}$/);
    expect(again.made[0]?.name).toBe(one.made[0]?.name);
    expect(other.made[0]?.name).not.toBe(one.made[0]?.name);
  });

  it('keeps long names within the limit and apart', async () => {
    const ids = ['a', 'b'].map((last) => `${'Long'.repeat(20)}${last}`);
    const { made } = await deploy([
      'Stack',
      { Resources: Object.fromEntries(ids.map((id) => [id, resource('Test::Thing')])) },
    ]);
    const names = made.map(({ name }) => name);
    expect(names.every((name) => name.length <= 40)).toBe(true);
    expect(new Set(names).size).toBe(2);
  });

  it('hands values from stack to stack by export and by output', async () => {
    const { made, outputs } = await deploy(
      [
        'Data',
        {
          Resources: { Thing: resource('Test::Thing', { ThingName: 'shared' }) },
          Outputs: { Name: { Value: { Ref: 'Thing' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:name' } } } },
        },
      ],
      [
        'App',
        {
          Resources: {
            ByExport: resource('Test::Thing', { Value: { 'Fn::ImportValue': 'Data:name' } }),
            ByOutput: resource('Test::Thing', {
              Value: { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Name' } },
            }),
          },
        },
      ],
    );
    expect(made.slice(1).map(({ properties }) => properties.Value)).toEqual(['shared', 'shared']);
    expect(outputs).toEqual({ 'Data.Name': 'shared' });
  });

  it('leaves out resources and outputs whose condition does not hold', async () => {
    const { made, outputs } = await deploy([
      'S',
      {
        Parameters: { Size: { Type: 'String', Default: 'small' } },
        Conditions: { Big: { 'Fn::Equals': [{ Ref: 'Size' }, 'big'] }, Small: { 'Fn::Not': [{ Condition: 'Big' }] } },
        Resources: {
          A: { ...resource('Test::Thing'), Condition: 'Big' },
          B: { ...resource('Test::Thing', { ThingName: 'b' }), Condition: 'Small' },
        },
        Outputs: {
          A: { Value: { Ref: 'A' }, Condition: 'Big' },
          B: { Value: { Ref: 'B' }, Condition: 'Small' },
        },
      },
    ]);
    expect(made.map(({ logicalId }) => logicalId)).toEqual(['B']);
    expect(outputs).toEqual({ 'S.B': 'b' });
  });

  it('gives values of types without a local effect to those that refer to them', async () => {
    const { made } = await deploy([
      'S',
      {
        Resources: {
          Role: resource('AWS::IAM::Role', { RoleName: 'r' }),
          Key: resource('AWS::KMS::Key'),
          Thing: resource('Test::Thing', {
            Value: [{ 'Fn::GetAtt': ['Role', 'Arn'] }, { 'Fn::GetAtt': ['Key', 'Arn'] }],
          }),
        },
      },
    ]);
    expect(made[0]?.properties.Value).toEqual([
      'arn:aws:iam::000000000000:role/r',
      expect.stringMatching(/^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-z]{36}$/),
    ]);
  });

  it('takes properties that have no local effect', async () => {
    expect((await deploy(['S', { Resources: { A: resource('Test::Thing', { Colour: 'red' }) } }])).made).toHaveLength(
      1,
    );
  });

  it('fails on unknown types before it creates anything, naming every one with stack and logical id', async () => {
    const { providers, made } = things();
    const failure = deployStacks(
      [
        stack('One', { Resources: { Good: resource('Test::Thing'), Queue: resource('AWS::SQS::Queue') } }),
        stack('Two', { Resources: { Topic: resource('AWS::SNS::Topic') } }),
      ],
      providers,
    );
    await expect(failure).rejects.toThrow(
      'the local platform does not know AWS::SQS::Queue (stack One, resource Queue), AWS::SNS::Topic (stack Two, resource Topic)',
    );
    expect(made).toEqual([]);
  });

  it('fails on an unknown property, naming it with stack, logical id and type', async () => {
    await expect(deploy(['S', { Resources: { A: resource('Test::Thing', { Shape: 'round' }) } }])).rejects.toThrow(
      'stack S, resource A of type Test::Thing: the local platform does not know the property Shape',
    );
  });

  it.each([
    [
      'an attribute that is not known',
      { 'Fn::GetAtt': ['B', 'Colour'] },
      'no attribute Colour of B, a resource of type Test::Thing',
    ],
    ['a resource that is not there', { Ref: 'C' }, 'Ref finds no resource and no parameter C'],
    ['an export that is not there', { 'Fn::ImportValue': 'x' }, 'Fn::ImportValue finds no export x'],
    [
      'an output that is not there',
      { 'Fn::GetStackOutput': { StackName: 'S', OutputName: 'x' } },
      'finds no output x of a stack S',
    ],
    ['a parameter without a value', { Ref: 'P' }, 'the parameter P has no default value'],
    ['a mapping that is not there', { 'Fn::FindInMap': ['M', 'k', 'l'] }, 'Fn::FindInMap finds nothing at M.k.l'],
  ])('fails on %s', async (_what, Value, message) => {
    const Resources = { A: resource('Test::Thing', { Value }), B: resource('Test::Thing') };
    const Parameters = { P: { Type: 'String', Default: undefined } };
    await expect(deploy(['S', { Resources, Parameters }])).rejects.toThrow(message);
  });

  it('fails on resources that need one another', async () => {
    const Resources = {
      A: resource('Test::Thing', { Value: { Ref: 'B' } }),
      B: resource('Test::Thing', { Value: { Ref: 'A' } }),
    };
    await expect(deploy(['S', { Resources }])).rejects.toThrow('A -> B -> A');
  });

  it('fails on a template that asks for a transform', async () => {
    await expect(deploy(['S', { Transform: 'AWS::Serverless-2016-10-31' }])).rejects.toThrow(
      'AWS::Serverless-2016-10-31',
    );
  });
});
