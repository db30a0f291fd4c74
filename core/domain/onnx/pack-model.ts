import type { ExternalRange } from './external-range.ts';
import { invalidExternalData } from './external-tensor.ts';
import { joinPieces } from './message-pieces.ts';
import type { PackingPlan } from './plan-packing.ts';

/** A model being made whole, one external file after the other. */
export interface ModelPacker {
  /** The finished file, once every location has been filled. */
  readonly bytes: Uint8Array;
  /** SHA-1 hashes that the model states of the file, lower-case. */
  statedSha1(location: string): readonly string[];
  /** Takes a file's bytes in pieces of any size, in order. */
  fill(location: string): (piece: Uint8Array) => void;
  /**
   * To be called when a file has ended.
   *
   * @param file its size, and its SHA-1 where `statedSha1` gave any
   * @throws `onnx.external_data_invalid` for a range that reaches past its end, and for another SHA-1
   */
  check(location: string, file: { bytes: number; sha1?: string | undefined }): void;
}

type PlacedRange = ExternalRange & { readonly at: number };

/**
 * Makes one file of a model and its external data: weights become `raw_data`, everything else stays as it was written.
 *
 * Memory: the finished file; pieces are copied to where they belong as they come.
 */
export function packModel({ model }: PackingPlan): ModelPacker {
  const { bytes, holes } = joinPieces(model);
  const placed: PlacedRange[] = holes.map(({ range, at }) => ({ ...range, at }));
  const rangesOf = (location: string): PlacedRange[] => placed.filter((range) => range.location === location);
  return {
    bytes,
    statedSha1: (location) => [...new Set(rangesOf(location).flatMap(({ sha1 }) => sha1 ?? []))],
    fill(location) {
      const ranges = rangesOf(location).sort((a, b) => a.offset - b.offset);
      let position = 0;
      let first = 0;
      return (piece) => {
        const end = position + piece.length;
        while (isBehind(ranges[first], position)) first += 1;
        for (let i = first; i < ranges.length; i += 1) {
          const range = ranges[i] as PlacedRange;
          if (range.offset >= end) break;
          copyOverlap(bytes, range, { piece, position });
        }
        position = end;
      };
    },
    check(location, file) {
      for (const { tensor, offset, length, sha1 } of rangesOf(location)) {
        const refuse = (reason: string) => invalidExternalData({ tensor, location, reason });
        const end = offset + length;
        if (end > file.bytes) throw refuse(`they are bytes ${offset} to ${end}, and the file has ${file.bytes}`);
        if (sha1 !== undefined && sha1 !== file.sha1)
          throw refuse(`the model states its SHA-1 as ${sha1}, it is ${file.sha1}`);
      }
    },
  };
}

const isBehind = (range: PlacedRange | undefined, position: number): boolean =>
  range !== undefined && range.offset + range.length <= position;

function copyOverlap(
  bytes: Uint8Array,
  { offset, length, at }: PlacedRange,
  { piece, position }: { piece: Uint8Array; position: number },
): void {
  const from = Math.max(offset, position);
  const to = Math.min(offset + length, position + piece.length);
  if (from < to) bytes.set(piece.subarray(from - position, to - position), at + from - offset);
}
