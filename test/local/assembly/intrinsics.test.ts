// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are CloudFormation's placeholders.
import { describe, expect, it } from 'vitest';
import { type ResolveScope, referencesOf, resolveValue } from '../../../local/assembly/intrinsics.ts';

const scope: ResolveScope = {
  where: 'stack Test',
  region: 'eu-west-1',
  ref: (name) => (name === 'AWS::Region' ? 'eu-west-1' : `ref-${name}`),
  getAtt: (logicalId, attribute) => `att-${logicalId}-${attribute}`,
  condition: (name) => name === 'Yes',
  mapping: (map, key, second) => `${map}/${key}/${second}`,
  importValue: (name) => `import-${name}`,
  stackOutput: (stack, output) => `${stack}>${output}`,
};
const resolve = (value: unknown) => resolveValue(value, scope);

describe('intrinsic functions', () => {
  it.each([
    ['Ref', { Ref: 'A' }, 'ref-A'],
    ['Fn::GetAtt by list', { 'Fn::GetAtt': ['A', 'B.C'] }, 'att-A-B.C'],
    ['Fn::GetAtt by text', { 'Fn::GetAtt': 'A.Arn' }, 'att-A-Arn'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'A' }]] }, 'a-ref-A'],
    ['Fn::Sub of a text', { 'Fn::Sub': '${A}:${B.Arn}:${!C}:${AWS::Region}' }, 'ref-A:att-B-Arn:${C}:eu-west-1'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${x}-${A}', { x: { Ref: 'B' } }] }, 'ref-B-ref-A'],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::Select with an index as text', { 'Fn::Select': ['0', ['a']] }, 'a'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] }, 'M/eu-west-1/k'],
    ['Fn::If, taken', { 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    ['Fn::If, not taken', { 'Fn::If': ['No', 'a', { Ref: 'B' }] }, 'ref-B'],
    ['Fn::Equals', { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] }, true],
    ['Fn::And', { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] }, false],
    ['Fn::Or', { 'Fn::Or': [{ Condition: 'Yes' }, { Condition: 'No' }] }, true],
    ['Fn::Not', { 'Fn::Not': [{ Condition: 'No' }] }, true],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }, 'import-x'],
    ['Fn::GetStackOutput', { 'Fn::GetStackOutput': { StackName: 'S', OutputName: 'O' } }, 'S>O'],
    ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
  ])('resolves %s', (_name, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('resolves them at any depth', () => {
    expect(resolve({ a: [{ b: { Ref: 'A' } }], c: 1 })).toEqual({ a: [{ b: 'ref-A' }], c: 1 });
  });

  it('leaves out what AWS::NoValue stands for', () => {
    const nothing = { Ref: 'AWS::NoValue' };
    expect(resolve({ a: nothing, b: [1, nothing], c: { 'Fn::If': ['Yes', nothing, 1] } })).toEqual({ b: [1] });
  });

  it('keeps objects that only look like a call', () => {
    const policy = { Condition: { StringEquals: { a: 'b' } } };
    expect(resolve(policy)).toEqual(policy);
  });

  it.each(['Fn::Cidr', 'Fn::Transform', 'Fn::Invented'])('fails on %s by name', (name) => {
    expect(() => resolve({ a: { [name]: [] } })).toThrow(`stack Test: the intrinsic function ${name} is not available`);
  });

  it('fails on an item that is not in the list', () => {
    expect(() => resolve({ 'Fn::Select': [3, ['a']] })).toThrow('Fn::Select finds no item 3');
  });
});

describe('references', () => {
  it('finds every logical id that a value needs', () => {
    const value = {
      a: { Ref: 'A' },
      b: [{ 'Fn::GetAtt': ['B', 'Arn'] }],
      c: { 'Fn::Sub': ['${C.Arn} ${v} ${!x}', { v: { Ref: 'D' } }] },
      d: { 'Fn::If': ['Yes', { Ref: 'E' }, { Ref: 'F' }] },
    };
    expect([...referencesOf(value, scope)].sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
  });
});
