import { describe, expect, it } from 'vitest';
import { checkRuntimeSupport } from '../../../../core/domain/onnx/check-runtime-support.ts';
import { FUNCTION, GRAPH, OPSET } from '../../../../core/domain/onnx/model-proto.ts';
import { prepareModel } from '../../../../core/domain/onnx/prepare-model.ts';
import { bytesField, message, textField, varintField } from '../../../../core/domain/onnx/protobuf-writer.ts';
import { readOperators } from '../../../../core/domain/onnx/read-operators.ts';
import { caught } from '../../../support/caught.ts';
import { endlessModel, irVersionModel, operatorModel, operatorSetModel } from '../../../support/hostile-models.ts';
import { ELEMENT, graphAttribute, identityModel, node, onnxModel, tensorValue } from '../../../support/onnx-models.ts';

const callOf = (operator: string, domain: string) => node(operator, { inputs: ['x'], outputs: ['y'], domain });

/** A node whose body holds a node, `depth` times. */
function nested(depth: number, innermost: Uint8Array): Uint8Array {
  let inner = innermost;
  for (let i = 0; i < depth; i += 1) {
    inner = node('If', {
      inputs: ['x'],
      outputs: ['y'],
      attributes: [graphAttribute('then_branch', bytesField(GRAPH.node, inner))],
    });
  }
  return inner;
}

const modelOf = (...nodes: Uint8Array[]) =>
  onnxModel({ inputs: [tensorValue('x', ELEMENT.FP32, [1])], outputs: [tensorValue('y', ELEMENT.FP32, [1])], nodes });

const ownFunction = (domain: string) =>
  message(
    textField(1, 'Own'),
    bytesField(FUNCTION.node, callOf('Inner', 'deeper.ops')),
    bytesField(9, message(textField(OPSET.domain, ''), varintField(OPSET.version, 17))),
    textField(FUNCTION.domain, domain),
  );

describe('what a model asks of ONNX Runtime', () => {
  it('is read also from branches, loop bodies and functions', () => {
    const file = onnxModel({
      outputs: [tensorValue('y', ELEMENT.FP32, [1])],
      nodes: [nested(3, callOf('Foo', 'my.ops')), callOf('Own', 'own')],
      functions: [ownFunction('own')],
      operatorSets: [['', 17]],
    });
    const { operators, functionDomains, operatorSets, irVersion } = readOperators(file);
    expect([...operators].map(([domain, names]) => [domain, [...names]]).sort()).toEqual([
      ['ai.onnx', ['If']],
      ['deeper.ops', ['Inner']],
      ['my.ops', ['Foo']],
      ['own', ['Own']],
    ]);
    expect([...functionDomains]).toEqual(['own']);
    expect({ operatorSets, irVersion }).toEqual({ operatorSets: [{ domain: 'ai.onnx', version: 17 }], irVersion: 8 });
  });

  it.each([
    ['the newest operator set', operatorSetModel(26)],
    ['the newest operator set for machine learning', operatorSetModel(5, 'ai.onnx.ml')],
    ['the newest format', irVersionModel(13)],
    ['operators of ONNX Runtime itself', operatorModel('Gelu', 'com.microsoft')],
    ['a loop', endlessModel()],
    ['an operator set of a library that it does not call', operatorSetModel(1, 'my.ops')],
  ])('may be %s', (_what, file) => {
    expect(() => checkRuntimeSupport(file)).not.toThrow();
  });

  it('may be a function that the file itself defines, but not what that one calls', () => {
    const own = (domain: string) =>
      onnxModel({ nodes: [callOf('Own', 'own')], functions: [ownFunction(domain)], operatorSets: [['', 17]] });
    expect(caught(() => checkRuntimeSupport(own('own'))).message).toContain('"Inner" of "deeper.ops"');
    expect(caught(() => checkRuntimeSupport(own('else'))).details).toEqual({ what: 'custom operators' });
  });

  it.each([
    {
      title: 'an operator set that came later',
      file: operatorSetModel(27),
      says: 'version 27 of the operator set ai.onnx, ONNX Runtime 1.30 has versions up to 26: export it with opset 26',
    },
    {
      title: 'a later operator set for machine learning',
      file: operatorSetModel(6, 'ai.onnx.ml'),
      says: 'version 6 of the operator set ai.onnx.ml, ONNX Runtime 1.30 has versions up to 5',
    },
    {
      title: 'a later format',
      file: irVersionModel(14),
      says: 'the IR version 14, ONNX Runtime 1.30 reads versions up to 13',
    },
    {
      title: 'operators of another library',
      file: operatorModel('Tokenize', 'ai.onnx.contrib'),
      says: 'calls "Tokenize" of "ai.onnx.contrib", a library of custom operators',
    },
    {
      title: 'such operators in a branch',
      file: modelOf(nested(2, callOf('Foo', 'my.ops'))),
      says: 'calls "Foo" of "my.ops"',
    },
  ])('fails for $title', ({ file, says }) => {
    const error = caught(() => prepareModel(file));
    expect(error.code).toBe('onnx.unsupported');
    expect(error.message).toContain(says);
  });

  it('fails for graphs that are nested deeper than anybody reads, without running out of stack', () => {
    const error = caught(() => checkRuntimeSupport(modelOf(nested(2_000, callOf('Foo', '')))));
    expect(error).toMatchObject({
      code: 'onnx.malformed',
      details: { reason: 'its graphs are nested more than 33 deep' },
    });
  });

  it('names a few of many long names', () => {
    const names = Array.from({ length: 100 }, (_, i) => `Op${i}${'x'.repeat(10_000)}`);
    const error = caught(() => checkRuntimeSupport(modelOf(...names.map((name) => callOf(name, 'my.ops')))));
    expect(error.message).toContain('and 97 more operators');
    expect(error.message.length).toBeLessThan(500);
  });

  it('fails nothing that was served before', () => {
    expect(() => prepareModel(identityModel(ELEMENT.FP32, ['N', 2]))).not.toThrow();
  });
});
