import { systemClock } from '../../../../src/shared/clock';
import type { Logger } from '../../../../src/shared/logger';
import { spawnThread } from '../../../../src/workers/thread';
import { WorkerClient } from '../../../../src/workers/workerClient';
import type { FixtureBundle } from '../../support/fixtureBundle';
import { type TestNotification, testProtocol, type TestPush, type TestRequests } from './testProtocol';

export type TestClient = WorkerClient<TestRequests, TestNotification, TestPush>;

export const testThreadSource = 'test/unit/workers/support/test.thread.ts';

/** The client of a real thread. @param bundle of `testThreadSource` */
export function testClient(bundle: FixtureBundle, logger: Logger): TestClient {
  return new WorkerClient({
    name: 'test',
    protocol: testProtocol,
    clock: systemClock,
    logger,
    spawn: () =>
      spawnThread(bundle.file('test.thread'), {
        name: 'test',
        logger,
        resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
      }),
  });
}
