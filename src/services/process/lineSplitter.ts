import { StringDecoder } from 'node:string_decoder';

/** A line without its end. `truncated` when it was longer than the limit; the rest of it is dropped. */
export interface Line {
  readonly text: string;
  readonly truncated: boolean;
}

/** `detected`: UTF-16 (little-endian) where the stream begins like it, else UTF-8; a byte order mark is left out. */
export type StreamEncoding = 'utf8' | 'detected';

/**
 * Cuts a stream of bytes into lines. Lines and UTF-8 characters may be split over chunks; a line past the limit
 * is delivered cut, once, and holds no more memory than the limit however long it goes on.
 */
export class LineSplitter {
  private decoder: StringDecoder | undefined;
  /** The first byte, while it alone does not tell the encoding. */
  private held: Uint8Array = Buffer.alloc(0);
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
    encoding: StreamEncoding = 'utf8',
  ) {
    if (encoding === 'utf8') this.decoder = new StringDecoder('utf8');
  }

  push(chunk: Uint8Array): void {
    if (this.decoder !== undefined) {
      this.pushText(this.decoder.write(chunk));
      return;
    }
    const start = Buffer.concat([this.held, chunk]);
    if (start.length < 2) this.held = start;
    else this.begin(start);
  }

  /** Delivers what stands after the last line end, if anything does. */
  end(): void {
    if (this.decoder === undefined) this.begin(this.held);
    this.pushText(this.decoder?.end() ?? '');
    if (this.partial !== '' || this.overlong) this.deliver();
  }

  private begin(start: Uint8Array): void {
    // XML and JSON begin with characters of ASCII, whose second byte is zero in UTF-16.
    const isUtf16 = start.length > 1 && (start[1] === 0 || (start[0] === 0xff && start[1] === 0xfe));
    this.decoder = new StringDecoder(isUtf16 ? 'utf16le' : 'utf8');
    this.pushText(this.decoder.write(start).replace(/^\ufeff/, ''));
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
