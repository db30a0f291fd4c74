/** What a response is, once all of it has come. */
export interface HttpResponse {
  readonly status: number;
  readonly bytes: Buffer;
  /** Whether the connection may carry another request. */
  readonly keepsOpen: boolean;
}

export interface HttpResponseReader {
  /** Takes what came. @returns the response once it is whole @throws Error for anything that HTTP/1.1 does not allow */
  push(chunk: Buffer): HttpResponse | undefined;
  /** The other side has closed. @returns the response where that is what ends it */
  end(): HttpResponse | undefined;
}

const HEAD_LIMIT_BYTES = 64 * 1024;
const LARGE_BYTES = 1024 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const SIZE_LINE_LIMIT_BYTES = 1024;

type Framing =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

/**
 * Reads one response of HTTP/1.1 to a GET or POST, strictly: what two readers could understand differently is refused.
 * node:http understands all of HTTP and takes 6 ms of a cold start; AWS's services need this much.
 *
 * Source: RFC 9112, sections 4 to 7.
 */
export function httpResponseReader(): HttpResponseReader {
  let pending: Buffer = Buffer.alloc(0);
  let head: { status: number; framing: Framing; keepsOpen: boolean } | undefined;
  const body: Buffer[] = [];
  /** For a large body of known length, which chunks that are joined at the end would take twice. */
  let whole: Buffer | undefined;
  let bodyBytes = 0;
  /** Of the chunk under way; undefined between chunks, 0 in what follows the last one. */
  let chunkLeft: number | undefined;

  const take = (length: number): Buffer => {
    const taken = pending.subarray(0, length);
    pending = pending.subarray(length);
    return taken;
  };
  const keep = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    if (whole) bytes.copy(whole, bodyBytes);
    else body.push(bytes);
    bodyBytes += bytes.length;
  };
  const finished = (keepsOpen: boolean): HttpResponse => {
    const { status = 0 } = head ?? {};
    const [only, ...others] = whole ? [whole] : body;
    // Bytes after the end belong to no request: nothing that follows on this connection could be trusted.
    return {
      status,
      bytes: only !== undefined && others.length === 0 ? only : Buffer.concat(body),
      keepsOpen: keepsOpen && pending.length === 0,
    };
  };
  /** The next line without its end; undefined where it has not come whole. */
  const line = (): string | undefined => {
    const end = pending.indexOf(LINE_END);
    if (end > SIZE_LINE_LIMIT_BYTES || (end < 0 && pending.length > SIZE_LINE_LIMIT_BYTES))
      throw malformed('a line is too long');
    if (end < 0) return undefined;
    const text = take(end).toString('latin1');
    take(LINE_END.length);
    return text;
  };

  /** @returns whether the last chunk and its trailer have come */
  const readChunks = (): boolean => {
    for (;;) {
      if (chunkLeft === undefined) {
        const size = line();
        if (size === undefined) return false;
        const digits = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(size)?.[1];
        if (digits === undefined) throw malformed('a chunk has no size');
        chunkLeft = Number.parseInt(digits, 16);
        if (chunkLeft > 0) continue;
      }
      if (chunkLeft === 0) {
        const trailer = line();
        if (trailer === undefined) return false;
        if (trailer === '') return true;
        continue;
      }
      if (pending.length === 0) return false;
      const bytes = take(Math.min(chunkLeft, pending.length));
      keep(bytes);
      chunkLeft -= bytes.length;
      if (chunkLeft > 0) return false;
      chunkLeft = -1;
      if (!endChunk()) return false;
    }
  };
  /** The line end after a chunk's bytes, which may come later than they. */
  const endChunk = (): boolean => {
    if (pending.length < LINE_END.length) return false;
    if (!take(LINE_END.length).equals(LINE_END)) throw malformed('a chunk is longer than it says');
    chunkLeft = undefined;
    return true;
  };

  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      while (head === undefined) {
        const end = pending.indexOf(HEAD_END);
        if (end > HEAD_LIMIT_BYTES || (end < 0 && pending.length > HEAD_LIMIT_BYTES))
          throw malformed('its head is too long');
        if (end < 0) return undefined;
        const text = take(end).toString('latin1');
        take(HEAD_END.length);
        const read = readHead(text);
        // 100 Continue and its like announce the response.
        if (read.status >= 200) head = read;
        if (read.framing.kind === 'length' && read.framing.length > LARGE_BYTES) {
          whole = Buffer.allocUnsafe(read.framing.length);
        }
      }
      const { framing, keepsOpen } = head;
      if (framing.kind === 'chunked') {
        if (chunkLeft === -1 && !endChunk()) return undefined;
        return readChunks() ? finished(keepsOpen) : undefined;
      }
      if (framing.kind === 'until-close') {
        keep(take(pending.length));
        return undefined;
      }
      keep(take(Math.min(framing.length - bodyBytes, pending.length)));
      return bodyBytes === framing.length ? finished(keepsOpen) : undefined;
    },
    end: () => (head?.framing.kind === 'until-close' ? finished(false) : undefined),
  };
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*?)[ \t]*$/;

function readHead(text: string): { status: number; framing: Framing; keepsOpen: boolean } {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [, minor, code] = STATUS_LINE.exec(statusLine) ?? [];
  if (minor === undefined) throw malformed('it does not start as HTTP/1.1');
  const status = Number(code);
  const fields = new Map<string, string>();
  for (const field of lines) {
    const [, name, value] = FIELD.exec(field) ?? [];
    if (name === undefined || value === undefined) throw malformed('a header is no header');
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  const closes = /(?:^|,)\s*close\s*(?:,|$)/i.test(fields.get('connection') ?? '');
  return { status, framing: framingOf(status, fields), keepsOpen: minor === '1' && !closes };
}

function framingOf(status: number, fields: ReadonlyMap<string, string>): Framing {
  const [encoding, length] = [fields.get('transfer-encoding'), fields.get('content-length')];
  if (status < 200 || status === 204 || status === 304) return { kind: 'length', length: 0 };
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked' || length !== undefined) throw malformed('its length is told in two ways');
    return { kind: 'chunked' };
  }
  if (length === undefined) return { kind: 'until-close' };
  if (!/^\d{1,15}$/.test(length)) throw malformed('its length is no number');
  return { kind: 'length', length: Number(length) };
}

const malformed = (reason: string) => new Error(`the response is not HTTP/1.1: ${reason}`);
