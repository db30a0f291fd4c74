import { elementCount, type Tensor } from '../inference/tensor.ts';
import { writeElement } from '../json/write-json.ts';
import type { Place, Redaction, TensorRedaction } from './redaction-plan.ts';

/** A keyed hash of a text: without the key nobody can try values out. */
export type Pseudonym = (text: string) => string;

export interface Payload {
  readonly contentType: string;
  readonly encoding: 'JSON' | 'CSV' | 'BASE64';
  readonly data: string;
}

/** How an element that a rule names is written. */
type Cell = (tensor: Tensor, index: number) => string;

/**
 * Writes a payload again from its tensors, so that nothing of a body can slip through that no rule could see.
 *
 * CSV stays CSV with its columns in their places, what is dropped being an empty cell. Everything else becomes JSON by the Open
 * Inference Protocol: a dropped tensor is left out, a dropped column is `null`, a hash is a string whatever the datatype.
 * NaN and infinities keep their tokens.
 */
export function redactPayload(
  tensors: readonly Tensor[],
  redactions: ReadonlyMap<string, TensorRedaction>,
  { key, payload, pseudonym }: { key: 'inputs' | 'outputs'; payload: Payload; pseudonym: Pseudonym },
): Payload {
  const rows = tensors[0]?.shape[0];
  const inRows = rows !== undefined && tensors.every(({ shape }) => shape[0] === rows);
  if (payload.encoding === 'CSV' && inRows) {
    const lines = csvLines(tensors, rows, { redactions, pseudonym });
    return { ...payload, data: `${lines.join('\n')}\n` };
  }
  const parts = tensors
    .filter(({ name }) => redactions.get(name)?.all?.how !== 'drop')
    .map((tensor) => jsonTensor(tensor, jsonCell(redactions.get(tensor.name), pseudonym)));
  return { contentType: 'application/json', encoding: 'JSON', data: `{"${key}":[${parts.join(',')}]}` };
}

/** The pseudonym of each row's subject; one where the tensor has no rows. */
export function subjectsOf(
  tensors: readonly Tensor[],
  { tensor: name, column }: Place,
  pseudonym: Pseudonym,
): string[] {
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined) return [];
  const width = elementCount(tensor.shape.slice(1));
  const rows = width === 0 ? 0 : tensor.data.length / width;
  return Array.from({ length: rows }, (_, row) =>
    subjectPseudonym(plain(tensor, row * width + (column ?? 0)), pseudonym),
  );
}

/** Apart from every field's, so that a subject and a field that hold the same value cannot be told to be the same. */
export const subjectPseudonym = (subject: string, pseudonym: Pseudonym): string => pseudonym(`subject\0${subject}`);

/** A caller often takes a customer's id for its route key. */
export const routeKeyPseudonym = (routeKey: string, pseudonym: Pseudonym): string =>
  pseudonym(`route-key\0${routeKey}`);

const fieldPseudonym = (field: string, value: string, pseudonym: Pseudonym): string =>
  pseudonym(`field\0${field}\0${value}`);

/** An element as plain text: what a hash is taken of, whether the value came as JSON or CSV, as 7 or 7.0. */
const plain = (tensor: Tensor, index: number): string =>
  tensor.datatype === 'BYTES' ? String(tensor.data[index]) : writeElement(tensor, index);

function redactionAt(redaction: TensorRedaction | undefined, { shape }: Tensor, index: number): Redaction | undefined {
  return redaction?.all ?? redaction?.columns?.get(index % (shape[1] ?? 1));
}

const jsonCell =
  (redaction: TensorRedaction | undefined, pseudonym: Pseudonym): Cell =>
  (tensor, index) => {
    const rule = redactionAt(redaction, tensor, index);
    if (rule === undefined) return writeElement(tensor, index);
    return rule.how === 'drop' ? 'null' : JSON.stringify(fieldPseudonym(rule.field, plain(tensor, index), pseudonym));
  };

function jsonTensor(tensor: Tensor, cell: Cell): string {
  const { name, datatype, shape } = tensor;
  const elements = Array.from({ length: tensor.data.length }, (_, index) => cell(tensor, index));
  return `${JSON.stringify({ name, datatype, shape }).slice(0, -1)},"data":[${elements.join(',')}]}`;
}

function csvLines(
  tensors: readonly Tensor[],
  rows: number,
  { redactions, pseudonym }: { redactions: ReadonlyMap<string, TensorRedaction>; pseudonym: Pseudonym },
): string[] {
  const cell: Cell = (tensor, index) => {
    const rule = redactionAt(redactions.get(tensor.name), tensor, index);
    if (rule === undefined) return quote(plain(tensor, index));
    return rule.how === 'drop' ? '' : fieldPseudonym(rule.field, plain(tensor, index), pseudonym);
  };
  return Array.from({ length: rows }, (_, row) =>
    tensors
      .flatMap((tensor) => {
        const width = elementCount(tensor.shape.slice(1));
        return Array.from({ length: width }, (_unused, column) => cell(tensor, row * width + column));
      })
      .join(','),
  );
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
