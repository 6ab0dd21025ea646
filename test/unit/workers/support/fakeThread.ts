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

  post(message: unknown): void {
    this.posted.push(structuredClone(message));
  }

  terminate(): Promise<void> {
    if (!this.terminated) {
      this.terminated = true;
      this.exits.fire({ reason: 'terminated', code: 1 });
    }
    return Promise.resolve();
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
