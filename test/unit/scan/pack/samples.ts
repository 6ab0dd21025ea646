/** What a rule has to match, and what looks much like it and has to be left alone. */
export interface RuleSample {
  readonly rule: string;
  readonly match: string | Uint8Array;
  readonly nearMiss: string | Uint8Array;
}

/**
 * Joins what stands apart in these sources, so that they are not themselves what they test for. Addresses are those
 * that are reserved for documentation: nothing here could reach anybody.
 */
export function joined(...parts: readonly string[]): string {
  return parts.join('');
}

/** Text in Base64 that decodes to nothing of meaning. */
export function filler(length: number): string {
  return 'QmFzZTY0'.repeat(Math.ceil(length / 8)).slice(0, length);
}

export function bytes(...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
}
