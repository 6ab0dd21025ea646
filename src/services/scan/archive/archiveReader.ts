import { type ArchiveEvent, type ArchiveLimits, defaultArchiveLimits } from './archive';
import { ArchiveBudget, type ArchiveControl } from './archiveBudget';
import { type ArchiveFormat, archiveFormatOf, isZipAsWell } from './archiveFormat';
import { type ByteSource, isSameContent, MemorySource } from './byteSource';
import type { FormatEvent } from './formatEvent';
import { readGzip } from './gzipReader';
import { SourceInput } from './tarInput';
import { readTar } from './tarReader';
import { readZip } from './zipReader';
import { readZstd } from './zstdReader';

export interface ArchiveReaderOptions {
  /** The file's own name, after which the content of a `.gz` is named. */
  readonly name: string;
  readonly limits?: ArchiveLimits;
  readonly control: ArchiveControl;
}

/** An archive on the way to the one that is read. */
interface Layer {
  readonly source: ByteSource;
  readonly format: ArchiveFormat;
  readonly name: string;
  readonly members: readonly string[];
  readonly outer?: Layer;
}

/**
 * Unpacks an archive and all archives inside of it, depth first, within limits that hold for all of it together.
 * Whatever is wrong with it is an event. Synchronous: for a thread of its own.
 *
 * Use: `const format = archiveFormatOf(source)`, and where that is defined, `for (const event of reader.read())`.
 */
export class ArchiveReader {
  private readonly budget: ArchiveBudget;
  private readonly outermost: Layer;

  constructor(source: ByteSource, format: ArchiveFormat, options: ArchiveReaderOptions) {
    const limits = options.limits ?? defaultArchiveLimits;
    this.budget = new ArchiveBudget(limits, source.sizeBytes, options.control);
    this.outermost = { source, format, name: options.name, members: [] };
  }

  /** Members so far, folders and links among them. */
  get memberCount(): number {
    return this.budget.members;
  }

  /** What has been unpacked so far. */
  get unpackedBytes(): number {
    return this.budget.unpackedBytes;
  }

  /**
   * To be called once. Bytes of members may be parts of the archive's own: they are not to be changed.
   * @throws what `control.checkpoint` throws
   */
  *read(): Generator<ArchiveEvent> {
    yield* this.readLayer(this.outermost, 1);
    const { stoppedBy } = this.budget;
    if (stoppedBy !== undefined) yield { type: 'problem', problem: stoppedBy, members: [] };
  }

  private *readLayer(layer: Layer, depth: number): Generator<ArchiveEvent> {
    for (const event of this.events(layer)) {
      const members = event.name === undefined ? layer.members : [...layer.members, event.name];
      if (event.type === 'problem') {
        yield { type: 'problem', problem: event.problem, members, ...particulars(event) };
        continue;
      }
      yield { type: 'member', members, bytes: event.bytes };
      if (!event.isWhole || this.budget.stoppedBy !== undefined) continue;
      const source = new MemorySource(event.bytes);
      const format = archiveFormatOf(source);
      if (format === undefined) continue;
      const inner: Layer = { source, format, name: event.name, members, outer: layer };
      if (isInsideOfItself(inner)) yield { type: 'problem', problem: 'quine', members };
      else if (depth >= this.budget.limits.maxDepth) yield { type: 'problem', problem: 'tooDeep', members };
      else {
        const heldBytes = event.isShared ? 0 : event.bytes.length;
        this.budget.hold(heldBytes);
        yield* this.readLayer(inner, depth + 1);
        this.budget.release(heldBytes);
      }
    }
  }

  private *events(layer: Layer): Generator<FormatEvent> {
    yield* this.eventsAs(layer);
    if (this.budget.stoppedBy === undefined && isZipAsWell(layer.source, layer.format)) {
      yield* readZip(layer.source, this.budget);
    }
  }

  private eventsAs({ source, format, name }: Layer): Generator<FormatEvent> {
    if (format.type === 'unreadable') return unreadable(format.name);
    switch (format.format) {
      case 'zip':
        return readZip(source, this.budget);
      case 'tar':
        return readTar(new SourceInput(source), this.budget, { isCounted: false });
      case 'gzip':
        return readGzip(source, name, this.budget);
      case 'zstd':
        return readZstd(source, name, this.budget);
    }
  }
}

function* unreadable(name: string): Generator<FormatEvent> {
  yield { type: 'problem', problem: 'unsupportedMethod', detail: name };
}

function isInsideOfItself(layer: Layer): boolean {
  for (let outer = layer.outer; outer !== undefined; outer = outer.outer) {
    if (isSameContent(outer.source, layer.source)) return true;
  }
  return false;
}

function particulars({
  detail,
  claimedBytes,
}: {
  readonly detail?: string;
  readonly claimedBytes?: number;
}): {
  detail?: string;
  claimedBytes?: number;
} {
  return {
    ...(detail === undefined ? {} : { detail }),
    ...(claimedBytes === undefined ? {} : { claimedBytes }),
  };
}
