import { describe, expect, it } from 'vitest';
import { explainLoadFailure } from '../../../../core/domain/admission/explain-load-failure.ts';

describe('why a model cannot be loaded', () => {
  it.each([
    {
      text: 'This is an invalid model. In Node, ("", Foo, "", -1) : ("x": tensor(float),) -> ("y": tensor(float),) , Error No Op registered for Foo with domain_version of 17',
      reason: 'there is no operator Foo in version 17 of its operator set',
    },
    {
      text: 'Fatal error: com.microsoft:Foo(-1) is not a registered function/op',
      reason: 'there is no operator Foo in com.microsoft',
    },
    {
      text: "Could not find an implementation for Selu(6) node with name ''",
      reason: 'operator Selu (version 6) has no implementation for the element types it is given',
    },
    {
      text: `This is an invalid model. In Node, ("", Foo, "zz", -1) : , Error No opset import for domain 'zz'`,
      reason: 'its operators of zz belong to no operator set that it imports',
    },
    {
      text: '/onnxruntime_src/onnxruntime/core/graph/model.cc:191 onnxruntime::Model::Model() Missing opset in the model.',
      reason: 'it imports no operator set',
    },
    { text: 'Failed to load model because protobuf parsing failed.', reason: 'the file is cut off or damaged' },
    {
      text: "This is an invalid model. Type Error: Type 'tensor(int4)' of input parameter (z) of operator (QuantizeLinear) in node () is invalid.",
      reason: 'an operator is given a type of element that it does not take',
    },
    {
      text: 'Node () Op (MatMul) [ShapeInferenceError] Incompatible dimensions for matrix multiplication',
      reason: 'the shapes of its tensors do not fit together',
    },
    { text: 'This is an invalid model. Error: the graph is not acyclic.', reason: 'its graph goes in a circle' },
    { text: 'This is an invalid model.', reason: 'its graph is not valid' },
    { text: '/root/secret.cc:7 std::bad_thing()', reason: 'it is not a model that it can run' },
  ])('is said in words of our own: $reason', ({ text, reason }) => {
    const failure = explainLoadFailure(text);
    expect(failure.reason).toBe(reason);
    expect(failure.remedy).not.toBe('');
  });

  it('shows nothing of a name that is no plain name', () => {
    const { reason } = explainLoadFailure('No Op registered for <script>/etc/passwd with domain_version of 17');
    expect(reason).toBe('it is not a model that it can run');
  });
});
