export interface LoadFailure {
  /** What is wrong with the model. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
}

const SEE_WHY = 'load it with ONNX Runtime 1.30 where you export it (onnxruntime.InferenceSession) to see why';
const OTHER_OPERATORS =
  'export it with standard operators of an operator set that ONNX Runtime 1.30 has, and check it with onnx.checker.check_model';

/** Names are letters, digits and dots alone: the library's texts hold paths, and a model chooses what its nodes are called. */
const PATTERNS: readonly (readonly [pattern: RegExp, explain: (names: readonly string[]) => LoadFailure])[] = [
  [
    /No Op registered for (\w{1,80}) with domain_version of (\d{1,9})/,
    ([operator, version]) => ({
      reason: `there is no operator ${operator} in version ${version} of its operator set`,
      remedy: OTHER_OPERATORS,
    }),
  ],
  [
    /([\w.]{1,80}):(\w{1,80})\(-?\d{1,9}\) is not a registered function\/op/,
    ([domain, operator]) => ({ reason: `there is no operator ${operator} in ${domain}`, remedy: OTHER_OPERATORS }),
  ],
  [
    /Could not find an implementation for (?:[\w.]{1,80}:)?(\w{1,80})\((\d{1,9})\)/,
    ([operator, version]) => ({
      reason: `operator ${operator} (version ${version}) has no implementation for the element types it is given`,
      remedy: 'cast its inputs, for example to float',
    }),
  ],
  [
    /No opset import for domain '([\w.]{0,80})'/,
    ([domain]) => ({ reason: `its operators of ${domain} belong to no operator set that it imports`, remedy: SEE_WHY }),
  ],
  [/Missing opset/, () => ({ reason: 'it imports no operator set', remedy: SEE_WHY })],
  [
    /protobuf parsing failed/i,
    () => ({ reason: 'the file is cut off or damaged', remedy: 'export and upload it again' }),
  ],
  [/acyclic|cycle/i, () => ({ reason: 'its graph goes in a circle', remedy: SEE_WHY })],
  [
    /Type Error|TypeInferenceError|Type parameter|does not match expected type|unexpected input data type/i,
    () => ({ reason: 'an operator is given a type of element that it does not take', remedy: SEE_WHY }),
  ],
  [
    /ShapeInferenceError|shape inference|dimension/i,
    () => ({ reason: 'the shapes of its tensors do not fit together', remedy: SEE_WHY }),
  ],
  [/invalid model|invalid graph/i, () => ({ reason: 'its graph is not valid', remedy: SEE_WHY })],
];

/**
 * Says in words of our own why ONNX Runtime refused a model.
 *
 * @param text the library's, which itself must not be shown: it names source files and functions
 */
export function explainLoadFailure(text: string): LoadFailure {
  for (const [pattern, explain] of PATTERNS) {
    const found = pattern.exec(text);
    if (found) return explain(found.slice(1));
  }
  return { reason: 'it is not a model that it can run', remedy: SEE_WHY };
}
