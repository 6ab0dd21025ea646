import type { Clock } from '../../../../../../shared/clock';
import type { ListedHash } from './hashSearch';

interface Entry {
  readonly listed: readonly ListedHash[];
  readonly madeAtMs: number;
  readonly untilMs: number;
}

const maxEntries = 20_000;

/** What is known about prefixes of hashes, for as long as the service says, also that nothing is listed. */
export class PrefixCache {
  /** In the order of their making, oldest first. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  /** @returns undefined where the service has to be asked */
  get(prefix: string): readonly ListedHash[] | undefined {
    const entry = this.entries.get(prefix);
    if (entry === undefined) return undefined;
    const now = this.clock.now();
    // A clock that was set back would keep it for longer than the service allows.
    if (now >= entry.madeAtMs && now < entry.untilMs) return entry.listed;
    this.entries.delete(prefix);
    return undefined;
  }

  set(prefix: string, listed: readonly ListedHash[], validMs: number): void {
    this.entries.delete(prefix);
    if (validMs <= 0) return;
    const now = this.clock.now();
    this.entries.set(prefix, { listed, madeAtMs: now, untilMs: now + validMs });
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= maxEntries) break;
      this.entries.delete(oldest);
    }
  }
}
