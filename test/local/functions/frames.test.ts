import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, writeFrame } from '../../../local/functions/frames.mjs';

function written(frames: readonly { header: object; payload: Uint8Array }[]): Buffer {
  const stream = new PassThrough({ highWaterMark: 16 * 1024 * 1024 });
  for (const { header, payload } of frames) writeFrame(stream, header, payload);
  return (stream.read() as Buffer | null) ?? Buffer.alloc(0);
}

function read(bytes: Buffer, chunkLength: number): { header: object; payload: Buffer }[] {
  const frames: { header: object; payload: Buffer }[] = [];
  const reader = createFrameReader((header, payload) => frames.push({ header, payload: Buffer.from(payload) }));
  for (let at = 0; at < bytes.length; at += chunkLength) reader(bytes.subarray(at, at + chunkLength));
  return frames;
}

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    const frame = fc.record({ header: fc.record({ id: fc.string() }), payload: fc.uint8Array({ maxLength: 200 }) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 300 }), (frames, chunkLength) => {
        const expected = frames.map(({ header, payload }) => ({
          header: { ...header },
          payload: Buffer.from(payload),
        }));
        expect(read(written(frames), chunkLength)).toEqual(expected);
      }),
    );
  });

  it('carry a payload that is written apart from its header', () => {
    const payload = Buffer.alloc(300_000, 7);
    const [frame] = read(written([{ header: { id: 'big' }, payload }]), 65_536);
    expect(frame?.header).toEqual({ id: 'big' });
    expect(frame?.payload.equals(payload)).toBe(true);
  });
});
