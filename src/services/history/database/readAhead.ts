import type { FileContent } from '../../files/fileContent';

const windowBytes = 65_536;
/** Lists walk through a table and one or two of its indices at once, each of which has its own place in the file. */
const mostWindows = 4;

interface Window {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads a file that does not change, more at a time than is asked for: the next page that SQLite wants is nearly always
 * near one of the last few, and most of what a page costs is the system call.
 */
export class ReadAhead {
  /** The one used last is the first. */
  private readonly windows: Window[] = [];

  constructor(private readonly content: Pick<FileContent, 'sizeBytes' | 'read'>) {}

  /** Fills the target with what begins at a position. Throws what the system throws. */
  read(target: Uint8Array, position: number): void {
    const begin = position - (position % windowBytes);
    if (position + target.length > begin + windowBytes) {
      this.content.read(target, position);
      return;
    }
    const { bytes } = this.windowAt(begin);
    target.set(bytes.subarray(position - begin, position - begin + target.length));
  }

  private windowAt(position: number): Window {
    const place = this.windows.findIndex((window) => window.position === position);
    if (place === 0 && this.windows[0] !== undefined) return this.windows[0];
    const [known] = place > 0 ? this.windows.splice(place, 1) : [];
    const window = known ?? this.open(position);
    this.windows.unshift(window);
    return window;
  }

  private open(position: number): Window {
    const reused = this.windows.length < mostWindows ? undefined : this.windows.pop();
    const length = Math.min(windowBytes, this.content.sizeBytes - position);
    const bytes = reused?.bytes.length === length ? reused.bytes : new Uint8Array(length);
    this.content.read(bytes, position);
    return { position, bytes };
  }
}
