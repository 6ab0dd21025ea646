import type { FilePath } from '../../files/regularFile';
import type { FileStamp } from '../knownFiles';

/** A file as a walk saw it. */
export interface WalkedFile {
  readonly path: FilePath;
  readonly stamp: FileStamp;
}

/** Files that a thread is given together, or a single one that is large enough to be work by itself. */
export interface Job {
  readonly type: 'batch' | 'file' | 'largeFile';
  readonly files: readonly WalkedFile[];
  readonly bytes: number;
}

/** Larger files are not joined with others. */
const smallBytes = 1024 * 1024;
/** Larger ones make a thread's memory grow for good, so that one thread has them all. */
export const largeFileBytes = 16 * 1024 * 1024;
/** What a thread joins for one question; so much takes it a fraction of a second. */
const batchBytes = 4 * 1024 * 1024;
const batchFiles = 512;

/** Makes jobs of files as they are met. */
export class Batcher {
  private files: WalkedFile[] = [];
  private bytes = 0;

  constructor(private readonly onJob: (job: Job) => void) {}

  add(file: WalkedFile): void {
    const { size } = file.stamp;
    if (size > smallBytes) {
      this.onJob({ type: size > largeFileBytes ? 'largeFile' : 'file', files: [file], bytes: size });
      return;
    }
    if (this.bytes + size > batchBytes) this.flush();
    this.files.push(file);
    this.bytes += size;
    if (this.files.length >= batchFiles) this.flush();
  }

  /** Makes a job of what is there. */
  flush(): void {
    if (this.files.length === 0) return;
    const { files, bytes } = this;
    this.files = [];
    this.bytes = 0;
    this.onJob({ type: 'batch', files, bytes });
  }
}
