import { createHash } from 'node:crypto';
import { closeSync, fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { SentinelError } from '../../../shared/errors';
import type { EngineReason } from '../../../shared/scan/record';
import { type FilePath, isSameFile, openRegularFile, refusalOf, statsOf } from '../../files/regularFile';
import type { FileStamp } from '../knownFiles';

const readChunk = promisify(read);
const chunkBytes = 128 * 1024;

/** Why a file could not be given away in whole. */
export type StreamProblem = Extract<
  EngineReason,
  'unreadable' | 'changed' | 'vanished' | 'tooLarge' | 'notApplicable'
>;

export class StreamError extends SentinelError {
  constructor(
    readonly reason: StreamProblem,
    readonly detail?: string,
  ) {
    super('clamav.content', detail === undefined ? reason : `${reason} (${detail})`);
  }
}

export interface StreamedFileOptions {
  readonly followLinks: boolean;
  /** Larger files are not read. */
  readonly maxBytes: number;
}

/** A file's content in pieces, for somebody else to judge; whether it was one content all the while shows at its end. */
export class StreamedFile {
  private digest: string | undefined;
  private stamp: FileStamp | undefined;
  private givenBytes = 0;

  constructor(
    private readonly path: FilePath,
    private readonly options: StreamedFileOptions,
  ) {}

  /** Of all that was given away; undefined before its end. */
  get sha256(): string | undefined {
    return this.digest;
  }

  /** How much was given away. */
  get sizeBytes(): number {
    return this.givenBytes;
  }

  /** Whether the file was as it was met, when it was read. */
  isAs(met: FileStamp): boolean {
    const { stamp } = this;
    return (
      stamp?.mtimeMs === met.mtimeMs &&
      stamp.ctimeMs === met.ctimeMs &&
      stamp.size === met.size &&
      stamp.ino === met.ino &&
      stamp.dev === met.dev
    );
  }

  /** Can be read once more from its beginning. @throws StreamError */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const { maxBytes, followLinks } = this.options;
    this.digest = undefined;
    const file = openRegularFile(this.path, { followLinks });
    if (file.status === 'refused') throw new StreamError(reasonOf(file.reason), file.systemCode);
    const { descriptor, stats } = file;
    try {
      if (stats.size > BigInt(maxBytes)) throw new StreamError('tooLarge');
      this.stamp = fstatSync(descriptor);
      const hash = createHash('sha256');
      this.givenBytes = 0;
      for (;;) {
        // A new one each time: the last may still be on its way.
        const buffer = Buffer.allocUnsafe(chunkBytes);
        const { bytesRead } = await this.read(descriptor, buffer);
        if (bytesRead === 0) break;
        this.givenBytes += bytesRead;
        if (this.givenBytes > maxBytes) throw new StreamError('tooLarge');
        const chunk = buffer.subarray(0, bytesRead);
        hash.update(chunk);
        yield chunk;
      }
      this.checkSame(stats);
      this.digest = hash.digest('hex');
    } finally {
      closeSync(descriptor);
    }
  }

  private async read(descriptor: number, buffer: Buffer): Promise<{ readonly bytesRead: number }> {
    try {
      return await readChunk(descriptor, buffer, 0, buffer.length, null);
    } catch (error) {
      throw new StreamError('unreadable', refusalOf(error).systemCode);
    }
  }

  /** By its path, so that a file that was replaced counts as changed, too. */
  private checkSame(before: Parameters<typeof isSameFile>[0]): void {
    let after: Parameters<typeof isSameFile>[0];
    try {
      after = statsOf(this.path, this.options.followLinks);
    } catch (error) {
      throw new StreamError(reasonOf(refusalOf(error).reason));
    }
    if (!isSameFile(before, after)) throw new StreamError('changed');
  }
}

function reasonOf(reason: ReturnType<typeof refusalOf>['reason']): StreamProblem {
  switch (reason) {
    case 'vanished':
      return 'vanished';
    case 'isDirectory':
    case 'notRegularFile':
      return 'notApplicable';
    case 'symbolicLink':
      return 'changed';
    case 'permissionDenied':
    case 'linkLoop':
    case 'unreadable':
      return 'unreadable';
  }
}
