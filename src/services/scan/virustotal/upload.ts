import { createHash, randomBytes } from 'node:crypto';
import { close, read } from 'node:fs';
import { promisify } from 'node:util';
import { SentinelError } from '../../../shared/errors';
import { openRegularFile } from '../../files/regularFile';
import type { HttpBody } from '../../http/httpClient';

export interface UploadedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the content that consent was given for. */
  readonly sha256: string;
}

export interface Upload {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: () => HttpBody;
}

const pieceBytes = 256 * 1_024;
const readAt = promisify(read);
const closeFile = promisify(close);

/**
 * A file as a form that a browser would send (RFC 7578). Its name stays here: the hash stands in its place. It is read
 * twice: before any of it leaves, since nobody has allowed another content than was scanned to leave, and while it is
 * sent. What turns out to be another one then is broken off before its end, so that it is never taken in.
 */
export function uploadOf(file: UploadedFile): Upload {
  const boundary = `sentinel-${randomBytes(18).toString('hex')}`;
  const start = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.sha256}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const end = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: () => ({
      type: 'pieces',
      sizeBytes: start.length + file.sizeBytes + end.length,
      pieces: pieces(file, start, end),
    }),
  };
}

async function* pieces(file: UploadedFile, start: Buffer, end: Buffer): AsyncGenerator<Uint8Array> {
  const opened = openRegularFile(file.path, { followLinks: true });
  if (opened.status === 'refused') throw new SentinelError('upload.unreadable', opened.reason);
  const { descriptor, stats } = opened;
  try {
    if (stats.size !== BigInt(file.sizeBytes)) throw changed();
    const before = createHash('sha256');
    for await (const piece of contentOf(descriptor, file.sizeBytes)) before.update(piece);
    if (before.digest('hex') !== file.sha256) throw changed();
    yield start;
    const hash = createHash('sha256');
    for await (const piece of contentOf(descriptor, file.sizeBytes)) {
      hash.update(piece);
      yield piece;
    }
    if (hash.digest('hex') !== file.sha256) throw changed();
    yield end;
  } catch (error) {
    if (error instanceof SentinelError) throw error;
    throw new SentinelError('upload.unreadable', 'It cannot be read.', { cause: error });
  } finally {
    await closeFile(descriptor);
  }
}

/** @throws SentinelError `upload.changed` where it has become shorter; what the system throws */
async function* contentOf(descriptor: number, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < sizeBytes;) {
    const length = Math.min(pieceBytes, sizeBytes - position);
    const piece = Buffer.allocUnsafe(length);
    const { bytesRead } = await readAt(descriptor, piece, 0, length, position);
    if (bytesRead === 0) throw changed();
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

function changed(): SentinelError {
  return new SentinelError('upload.changed', 'The file is not the one that was scanned.');
}
