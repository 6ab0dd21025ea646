import { StringDecoder } from 'node:string_decoder';

/** A line without its end. `truncated` when it was longer than the limit; the rest of it is dropped. */
export interface Line {
  readonly text: string;
  readonly truncated: boolean;
}

/**
 * Cuts a stream of bytes into lines. Lines and UTF-8 characters may be split over chunks; a line past the limit
 * is delivered cut, once, and holds no more memory than the limit however long it goes on.
 */
export class LineSplitter {
  private readonly decoder = new StringDecoder('utf8');
  private partial = '';
  private overlong = false;
  private announced = false;

  /**
   * @param maxLineLength limit of a line, in UTF-16 code units
   * @param onOverlong once for a line past the limit, as soon as it is: its end may never come
   */
  constructor(
    private readonly onLine: (line: Line) => void,
    private readonly maxLineLength = 64 * 1024,
    private readonly onOverlong?: () => void,
  ) {}

  push(chunk: Uint8Array): void {
    this.pushText(this.decoder.write(chunk));
  }

  /** Delivers what stands after the last line end, if anything does. */
  end(): void {
    this.pushText(this.decoder.end());
    if (this.partial !== '' || this.overlong) this.deliver();
  }

  private pushText(text: string): void {
    let start = 0;
    for (;;) {
      const end = text.indexOf('\n', start);
      if (end < 0) break;
      this.append(text, start, end);
      this.deliver();
      start = end + 1;
    }
    this.append(text, start, text.length);
  }

  private append(text: string, start: number, end: number): void {
    // One more than the limit is kept, for the carriage return that may yet turn out to be the line's end.
    const room = this.maxLineLength + 1 - this.partial.length;
    if (room > 0 && end > start) this.partial += text.slice(start, Math.min(end, start + room));
    if (end - start > room) {
      this.overlong = true;
      this.announce();
    }
  }

  private announce(): void {
    if (this.announced) return;
    this.announced = true;
    this.onOverlong?.();
  }

  private deliver(): void {
    let text = this.partial;
    let truncated = this.overlong;
    this.partial = '';
    this.overlong = false;
    if (!truncated && text.endsWith('\r')) text = text.slice(0, -1);
    if (text.length > this.maxLineLength) {
      text = text.slice(0, this.maxLineLength);
      truncated = true;
    }
    if (truncated) this.announce();
    this.announced = false;
    this.onLine({ text, truncated });
  }
}
