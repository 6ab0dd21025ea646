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
 * A file as a form that a browser would send (RFC 7578), read while it is sent. Its name stays here: the hash stands in
 * its place. What turns out to be another content than was scanned is broken off before its end, so that it is never
 * taken in.
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
  try {
    if (opened.stats.size !== BigInt(file.sizeBytes)) throw changed();
    yield start;
    const hash = createHash('sha256');
    for (let position = 0; position < file.sizeBytes;) {
      const length = Math.min(pieceBytes, file.sizeBytes - position);
      const { bytesRead, buffer } = await readAt(
        opened.descriptor,
        Buffer.allocUnsafe(length),
        0,
        length,
        position,
      );
      if (bytesRead === 0) throw changed();
      const piece = buffer.subarray(0, bytesRead);
      position += bytesRead;
      hash.update(piece);
      yield piece;
    }
    if (hash.digest('hex') !== file.sha256) throw changed();
    yield end;
  } catch (error) {
    if (error instanceof SentinelError) throw error;
    throw new SentinelError('upload.unreadable', 'It cannot be read.', { cause: error });
  } finally {
    await closeFile(opened.descriptor);
  }
}

function changed(): SentinelError {
  return new SentinelError('upload.changed', 'The file is not the one that was scanned.');
}
