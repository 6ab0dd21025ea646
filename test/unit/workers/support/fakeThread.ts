import { Emitter } from '../../../../src/shared/event';
import type { Thread, ThreadExit } from '../../../../src/workers/thread';

/** A thread that does what the test tells it. */
export class FakeThread implements Thread {
  readonly posted: unknown[] = [];
  readonly messages = new Emitter<unknown>();
  readonly exits = new Emitter<ThreadExit>();
  readonly onMessage = this.messages.event;
  readonly onExit = this.exits.event;
  terminated = false;
  /** False: it is in a system call that does not return until `end`. */
  endsOnTerminate = true;
  private readonly ends: (() => void)[] = [];

  post(message: unknown): void {
    this.posted.push(structuredClone(message));
  }

  terminate(): Promise<void> {
    if (!this.terminated) {
      this.terminated = true;
      if (this.endsOnTerminate) this.end();
    }
    if (this.endsOnTerminate) return Promise.resolve();
    return new Promise((resolve) => this.ends.push(resolve));
  }

  /** The end of a thread that was told to terminate. */
  end(): void {
    this.exits.fire({ reason: 'terminated', code: 1 });
    for (const resolve of this.ends) resolve();
  }

  /** The envelopes of one type that the owner sent. */
  ofType(type: string): Record<string, unknown>[] {
    return (this.posted as Record<string, unknown>[]).filter((message) => message['type'] === type);
  }

  /** Answers the latest request. */
  reply(value: unknown): void {
    this.messages.fire({ type: 'reply', id: this.ofType('request').at(-1)?.['id'], value });
  }

  crash(message = 'crashed'): void {
    this.exits.fire({ reason: 'error', message, code: 1 });
  }
}
