import type { GraphConstant, GraphNode, GraphValue } from '../onnx/encode-model.ts';
import { calibrationGraph } from './calibration/calibration-graph.ts';
import type { ScoreCalibration } from './calibration/score-calibration.ts';

/** What the caller of an export says about the file. */
export interface ExportOptions {
  /** One name per feature, kept in the file as `feature_names`. */
  readonly featureNames: readonly string[];
  /** @default 'input' */
  readonly inputName?: string | undefined;
  /** More texts to keep in the file. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** What turns the scores of two classes into probabilities. @default - softmax of the scores as they are */
  readonly calibration?: ScoreCalibration | undefined;
}

/** Names of what every classifier here gives. */
export const LABEL_OUTPUT = 'label';
export const PROBABILITIES_OUTPUT = 'probabilities';

/** The batch axis. Symbolic, so that one row and a thousand are the same model. */
export const BATCH = 'N';

export interface GraphTail {
  readonly nodes: readonly GraphNode[];
  readonly constants: readonly GraphConstant[];
  readonly outputs: readonly GraphValue[];
}

/**
 * The end of every classifier's graph: scores `[N, C]` to `probabilities` FLOAT `[N, C]` and `label` INT64 `[N]`.
 * A tensor instead of ZipMap's list of maps, which most clients cannot read.
 */
export function classifierTail(
  scores: string,
  classes: readonly number[],
  calibration?: ScoreCalibration | undefined,
): GraphTail {
  const areIndices = classes.every((label, index) => label === index);
  const argMax = areIndices ? LABEL_OUTPUT : 'class_index';
  const probabilities = calibration
    ? calibrationGraph(calibration, { scores, probabilities: PROBABILITIES_OUTPUT })
    : { nodes: [softmax(scores, PROBABILITIES_OUTPUT)], constants: [] };
  return {
    nodes: [
      ...probabilities.nodes,
      {
        operator: 'ArgMax',
        inputs: [PROBABILITIES_OUTPUT],
        outputs: [argMax],
        attributes: { axis: { integer: 1 }, keepdims: { integer: 0 } },
      },
      ...(areIndices ? [] : [{ operator: 'Gather', inputs: ['class_labels', argMax], outputs: [LABEL_OUTPUT] }]),
    ],
    constants: [
      ...probabilities.constants,
      ...(areIndices
        ? []
        : [{ name: 'class_labels', shape: [classes.length], values: BigInt64Array.from(classes, BigInt) }]),
    ],
    outputs: [
      { name: LABEL_OUTPUT, elementType: 'INT64', shape: [BATCH] },
      { name: PROBABILITIES_OUTPUT, elementType: 'FLOAT', shape: [BATCH, classes.length] },
    ],
  };
}

const softmax = (scores: string, probabilities: string): GraphNode => ({
  operator: 'Softmax',
  inputs: [scores],
  outputs: [probabilities],
  attributes: { axis: { integer: 1 } },
});
