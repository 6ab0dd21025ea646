import { constants } from 'node:fs';
import path from 'node:path';
import { SentinelError } from '../../../shared/errors';
import { patiently, syncFolder, writeAll } from '../../files/durably';
import { type FaultHook, faultStep } from '../../files/faults';
import { type FileCalls, ifPresent, systemCode } from '../../files/fileCalls';
import { contentOf, type FileContent, openContent } from '../../files/fileContent';
import type { LockStep } from '../../locks/flagLock';

/** What is done to the disk, in words that tests name the moments by. */
export type HistoryStep =
  | LockStep
  | 'journal.write'
  | 'journal.sync'
  | 'journal.rename'
  | 'journal.append'
  | 'journal.appendSync'
  | 'journal.cut'
  | 'journal.remove'
  | 'base.write'
  | 'base.sync'
  | 'base.rename'
  | 'aside.write'
  | 'aside.sync'
  | 'aside.rename'
  | 'folder.sync';

export interface DurableFilesOptions {
  readonly folder: string;
  readonly calls: FileCalls;
  readonly faults?: FaultHook<HistoryStep>;
  readonly platform?: NodeJS.Platform;
  /** Waits on the spot. */
  readonly pause?: (ms: number) => void;
}

/** Files of one folder, written so that they are there whatever happens next. Throws what the system throws. */
export class DurableFiles {
  readonly folder: string;
  readonly calls: FileCalls;

  constructor(private readonly options: DurableFilesOptions) {
    this.folder = options.folder;
    this.calls = options.calls;
  }

  pathOf(name: string): string {
    return path.join(this.folder, name);
  }

  /** Runs something between its two fault points. */
  step<T>(step: HistoryStep, action: () => T): T {
    return faultStep(this.options.faults, step, action);
  }

  /** @returns the names in the folder; none where it does not exist yet */
  list(): string[] {
    return ifPresent(() => this.calls.list(this.folder)) ?? [];
  }

  sizeOf(name: string): number | undefined {
    return ifPresent(() => this.calls.stat(this.pathOf(name)).sizeBytes);
  }

  exists(name: string): boolean {
    return this.sizeOf(name) !== undefined;
  }

  /** @returns what the file holds from an offset on, as of the moment of the call; undefined where it is not there */
  read(name: string, offset = 0, maxBytes = Infinity): Buffer | undefined {
    const { calls } = this;
    const descriptor = ifPresent(() => calls.open(this.pathOf(name), 'r'));
    if (descriptor === undefined) return undefined;
    try {
      const bytes = Buffer.allocUnsafe(Math.min(Math.max(0, calls.sizeOf(descriptor) - offset), maxBytes));
      let length = 0;
      while (length < bytes.length) {
        const count = calls.read(descriptor, bytes, length, bytes.length - length, offset + length);
        if (count === 0) break;
        length += count;
      }
      return bytes.subarray(0, length);
    } finally {
      calls.close(descriptor);
    }
  }

  /**
   * Opens a file that is only ever replaced as a whole.
   * @returns what it holds now, whatever takes its place later; undefined where it is not there
   */
  open(name: string): FileContent | undefined {
    if (this.platform !== 'win32') return openContent(this.calls, this.pathOf(name));
    // Windows lets nobody replace a file that somebody has open.
    const bytes = this.read(name);
    return bytes && contentOf(bytes);
  }

  /** Writes a whole file under a temporary name, to the disk; it counts once it is renamed. */
  writeTemporary(kind: 'base' | 'journal' | 'aside', name: string, pieces: Iterable<Uint8Array>): void {
    const { calls } = this;
    this.makeFolder();
    const descriptor = calls.open(this.pathOf(name), 'w');
    try {
      this.step(`${kind}.write`, () => {
        for (const piece of pieces) writeAll(calls, descriptor, piece);
      });
      this.step(`${kind}.sync`, () => {
        calls.sync(descriptor);
      });
    } catch (error) {
      // On a full disk the part of it that was written would keep smaller things from being stored.
      this.removeIfPossible(name);
      throw error;
    } finally {
      calls.close(descriptor);
    }
  }

  /** Renames within the folder, to the disk. */
  rename(kind: 'base' | 'journal' | 'aside', from: string, to: string): void {
    this.step(`${kind}.rename`, () => {
      const { pause } = this.options;
      patiently(
        () => {
          this.calls.rename(this.pathOf(from), this.pathOf(to));
        },
        this.platform,
        pause,
      );
    });
    this.syncFolder(this.folder);
  }

  /**
   * Adds to the end of a file that is there, and to the disk. When that fails, what was added is cut off again as far
   * as the disk allows it.
   * @param sizeBytes how long the file is; what lies beyond is a torn end, which is cut off first
   * @throws SentinelError `history.journalChanged` where a whole line lies beyond, which somebody was told is stored
   */
  append(name: string, sizeBytes: number, bytes: Uint8Array): void {
    const { calls } = this;
    const file = this.pathOf(name);
    // Without O_CREAT: an append must not bring a journal to life that somebody has removed.
    const descriptor = calls.open(file, constants.O_WRONLY | constants.O_APPEND);
    try {
      const isTorn = calls.sizeOf(descriptor) > sizeBytes;
      if (isTorn && (this.read(name, sizeBytes) ?? '').includes('\n')) {
        throw new SentinelError('history.journalChanged', `Somebody else has added to ${name}.`);
      }
      if (isTorn) this.cut(name, sizeBytes);
      this.step('journal.append', () => {
        writeAll(calls, descriptor, bytes);
      });
      this.step('journal.appendSync', () => {
        calls.syncData(descriptor);
      });
    } catch (error) {
      try {
        this.takeBack(name, sizeBytes, bytes);
      } catch {
        // The next writer cuts it, or finds the whole entries and counts them.
      }
      throw error;
    } finally {
      calls.close(descriptor);
    }
  }

  /** Makes the folder if it is not there, for good. */
  makeFolder(): void {
    const { calls, folder } = this;
    if (ifPresent(() => calls.stat(folder)) !== undefined) return;
    calls.makeFolder(folder);
    this.syncFolder(path.dirname(folder));
  }

  /** Removes if it is there; what cannot be removed now is removed another time. */
  removeIfPossible(name: string): void {
    try {
      this.step('journal.remove', () => {
        this.calls.remove(this.pathOf(name));
      });
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
    }
  }

  /** Cuts off what was added as far as it got, unless it is somebody else's. */
  private takeBack(name: string, sizeBytes: number, added: Uint8Array): void {
    const end = this.read(name, sizeBytes);
    if (end !== undefined && end.length > 0 && end.equals(added.subarray(0, end.length))) {
      this.cut(name, sizeBytes);
    }
  }

  private cut(name: string, sizeBytes: number): void {
    const { calls } = this;
    // Windows cuts nothing by a descriptor that can only append.
    const descriptor = calls.open(this.pathOf(name), 'r+');
    try {
      this.step('journal.cut', () => {
        calls.truncate(descriptor, sizeBytes);
      });
    } finally {
      calls.close(descriptor);
    }
  }

  private syncFolder(folder: string): void {
    this.step('folder.sync', () => {
      syncFolder(this.calls, folder, this.platform);
    });
  }

  private get platform(): NodeJS.Platform {
    return this.options.platform ?? process.platform;
  }
}
