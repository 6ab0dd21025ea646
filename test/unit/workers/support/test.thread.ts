import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { WorkControl } from '../../../../src/workers/controlBlock';
import { lowerThreadPriority } from '../../../../src/workers/threadPriority';
import { ThreadServer } from '../../../../src/workers/threadServer';
import { SentinelError } from '../../../../src/shared/errors';
import { testProtocol } from './testProtocol';

if (parentPort === null) throw new Error('This file runs in a thread.');

lowerThreadPriority();
const server = new ThreadServer({
  port: parentPort,
  protocol: testProtocol,
  onNotification: ({ text }) => {
    if (text === 'print') process.stdout.write('printed by the thread\n');
    server.push({ type: 'echoed', text });
  },
  handlers: {
    add: ({ a, b }) => a + b,
    hash: ({ control, chunks }) => {
      const work = new WorkControl(control);
      const chunk = Buffer.alloc(64 * 1024, 7);
      const hash = createHash('sha256');
      for (let done = 0; done < chunks; done++) {
        work.checkpoint();
        hash.update(chunk);
        work.count('bytes', chunk.length);
        work.reportProgress(((done + 1) / chunks) * 100);
      }
      return hash.digest('hex');
    },
    misbehave: async ({ how }, { signal }) => {
      switch (how) {
        case 'throw':
          throw new SentinelError('test.misbehaved', 'on purpose');
        case 'throwOutside':
          setImmediate(() => {
            throw new Error('outside of the request');
          });
          break;
        case 'exit':
          process.exit(3);
          break;
        case 'outOfMemory': {
          const hoard: number[][] = [];
          for (;;) hoard.push(new Array<number>(100_000).fill(hoard.length + 0.5));
        }
        case 'loop':
          for (;;);
        case 'uncloneable':
          return (() => undefined) as unknown as string;
        case 'wait':
          break;
      }
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      server.push({ type: 'aborted' });
      return 'aborted';
    },
  },
});
