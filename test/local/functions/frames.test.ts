import { PassThrough, Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameReader, createFrameWriter } from '../../../local/functions/frames.mjs';

interface Frame {
  readonly header: object;
  readonly payload: Buffer;
  readonly body: Buffer;
}

function written(frames: readonly { header: object; payload: Uint8Array | string; body?: Uint8Array }[]): Buffer {
  const stream = new PassThrough({ highWaterMark: 16 * 1024 * 1024 });
  const writer = createFrameWriter(stream);
  for (const { header, ...parts } of frames) writer.write(header, parts);
  writer.flush();
  return (stream.read() as Buffer | null) ?? Buffer.alloc(0);
}

function read(bytes: Buffer, chunkLength: number): Frame[] {
  const frames: Frame[] = [];
  const reader = createFrameReader((header, payload, body) =>
    frames.push({ header, payload: Buffer.from(payload), body: Buffer.from(body) }),
  );
  for (let at = 0; at < bytes.length; at += chunkLength) reader(bytes.subarray(at, at + chunkLength));
  return frames;
}

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    const frame = fc.record({
      header: fc.record({ id: fc.string() }),
      payload: fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'grapheme' })),
      body: fc.uint8Array({ maxLength: 200 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 300 }), (frames, chunkLength) => {
        const expected = frames.map(({ header, payload, body }) => ({
          header: { ...header },
          payload: Buffer.from(payload as string),
          body: Buffer.from(body),
        }));
        expect(read(written(frames), chunkLength)).toEqual(expected);
      }),
    );
  });

  it('carry a payload and a body that are written apart from their header', () => {
    const payload = Buffer.alloc(300_000, 7);
    const body = Buffer.alloc(100_000, 8);
    const [frame] = read(written([{ header: { id: 'big' }, payload, body }]), 65_536);
    expect(frame?.header).toEqual({ id: 'big' });
    expect(frame?.payload.equals(payload)).toBe(true);
    expect(frame?.body.equals(body)).toBe(true);
  });

  it('of one turn go out in one write, and no later than the turn ends', async () => {
    let writes = 0;
    const bytes: Buffer[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        writes += 1;
        bytes.push(chunk);
        done();
      },
    });
    const frames = createFrameWriter(stream);
    for (const id of ['a', 'b', 'c']) frames.write({ id }, { payload: '{}' });
    await turn();
    expect(writes).toBe(1);
    expect(read(Buffer.concat(bytes), 65_536).map(({ header }) => header)).toEqual([
      { id: 'a' },
      { id: 'b' },
      { id: 'c' },
    ]);
  });
});
