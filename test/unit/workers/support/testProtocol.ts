import * as v from 'valibot';
import { parserOf, type WorkerProtocol } from '../../../../src/shared/protocol/worker';

// A type and not an interface, which would not be assignable to a record.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
export type TestRequests = {
  /** Adds two numbers. */
  add: { request: { a: number; b: number }; reply: number };
  /** Hashes as many chunks of 64 KiB as asked, under a control block; replies with the digest. */
  hash: { request: { control: SharedArrayBuffer; chunks: number }; reply: string };
  /** Misbehaves. */
  misbehave: {
    request: { how: 'throw' | 'throwOutside' | 'exit' | 'outOfMemory' | 'loop' | 'uncloneable' | 'wait' };
    reply: string;
  };
};

export interface TestNotification {
  type: 'echo';
  text: string;
}

export type TestPush = { type: 'echoed'; text: string } | { type: 'aborted' };

export const testProtocol: WorkerProtocol<TestRequests, TestNotification, TestPush> = {
  requests: {
    add: { request: parserOf(v.object({ a: v.number(), b: v.number() })), reply: parserOf(v.number()) },
    hash: {
      request: parserOf(v.object({ control: v.instance(SharedArrayBuffer), chunks: v.number() })),
      reply: parserOf(v.string()),
    },
    misbehave: {
      request: parserOf(
        v.object({
          how: v.picklist(['throw', 'throwOutside', 'exit', 'outOfMemory', 'loop', 'uncloneable', 'wait']),
        }),
      ),
      reply: parserOf(v.string()),
    },
  },
  notification: parserOf(v.object({ type: v.literal('echo'), text: v.string() })),
  push: parserOf(
    v.variant('type', [
      v.object({ type: v.literal('echoed'), text: v.string() }),
      v.object({ type: v.literal('aborted') }),
    ]),
  ),
};
