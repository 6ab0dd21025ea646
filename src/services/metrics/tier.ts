/** Says when a slower tier's turn has come. */
export class Tier {
  private dueMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly periodMs: number) {}

  /** @returns whether it is this tier's turn; asking takes the turn */
  takeTurn(nowMs: number): boolean {
    if (nowMs < this.dueMs) return false;
    this.dueMs = nowMs + this.periodMs;
    return true;
  }
}
