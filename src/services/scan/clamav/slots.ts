import { type Deferred, deferred } from '../../tasks/deferred';

/** So many may be at it at the same time; the others wait for their turn, in order. */
export class Slots {
  private readonly waiting: Deferred<undefined>[] = [];

  constructor(private free: number) {}

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free -= 1;
    else {
      const turn = deferred<undefined>();
      this.waiting.push(turn);
      await turn.promise;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next.resolve(undefined);
    }
  }
}
