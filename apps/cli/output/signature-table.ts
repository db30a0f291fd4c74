import type { ModelVersion } from '../../../core/contracts/api.ts';
import { renderTable } from './table.ts';

type Tensor = ModelVersion['signature']['inputs'][number];

/** What a model takes and gives. */
export function signatureTable({ inputs, outputs }: ModelVersion['signature']): string {
  const row = (direction: string) => (tensor: Tensor) => [
    direction,
    tensor.name,
    tensor.datatype,
    tensor.anyRank ? 'any shape' : formatShape(tensor.shape),
  ];
  const columns = [{ title: '' }, { title: 'TENSOR' }, { title: 'DATATYPE' }, { title: 'SHAPE' }];
  return renderTable(columns, [...inputs.map(row('input')), ...outputs.map(row('output'))]);
}

/** A dimension without a name or a size is `?`. */
const formatShape = (shape: Tensor['shape']): string => `[${shape.map((size) => size ?? '?').join(', ')}]`;
