import { StringDecoder } from 'node:string_decoder';
import type { CapturedOutput } from './processCommand';

/** Keeps the beginning of a stream, up to a limit. */
export class OutputCapture {
  private readonly chunks: Uint8Array[] = [];
  private keptBytes = 0;
  private truncated = false;

  constructor(private readonly maxBytes: number) {}

  push(chunk: Uint8Array): void {
    const room = this.maxBytes - this.keptBytes;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return;
    // A part of a chunk is copied, since a view would keep the whole chunk in memory.
    const kept = chunk.length > room ? chunk.slice(0, room) : chunk;
    this.chunks.push(kept);
    this.keptBytes += kept.length;
  }

  read(): CapturedOutput {
    const bytes = Buffer.concat(this.chunks);
    // The limit may have cut a character in two; what is left of it is no character.
    const text = this.truncated ? new StringDecoder('utf8').write(bytes) : bytes.toString('utf8');
    return { text, truncated: this.truncated };
  }
}
