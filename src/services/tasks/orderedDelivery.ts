/**
 * Delivers notifications one after another. What a listener causes is delivered after every listener has heard of
 * what came before, so that all of them see the same order and none is called while another is still being told.
 */
export class OrderedDelivery {
  private readonly waiting: (() => void)[] = [];
  private delivering = false;

  /** @param notify must not throw; an Emitter's `fire` does not */
  post(notify: () => void): void {
    this.waiting.push(notify);
    if (this.delivering) return;
    this.delivering = true;
    try {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) next();
    } finally {
      this.delivering = false;
    }
  }
}
