// Holds the lock of a folder, in the process's main thread or in another one, and does what it is told.
//   lockHolder.cjs FOLDER main|worker
import path from 'node:path';
import { createInterface } from 'node:readline';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { systemFileCalls } from '../../../../src/services/files/fileCalls';
import { FlagLock } from '../../../../src/services/locks/flagLock';
import type { LockHold } from '../../../../src/services/locks/storageLock';

function lockOf(folder: string): FlagLock {
  return new FlagLock({
    folder: path.join(folder, 'locks'),
    calls: systemFileCalls,
    makeFolder: () => undefined,
    monotonicMs: () => performance.now(),
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (isMainThread) {
  const [, , folder = '', where] = process.argv;
  let hold: LockHold | undefined;
  let worker: Worker | undefined;
  if (where === 'worker') {
    worker = new Worker(__filename, { workerData: folder });
    worker.on('message', say);
  } else {
    hold = lockOf(folder).tryAcquire();
    say(hold === undefined ? 'refused' : 'held');
  }
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'release') {
      hold?.release();
      say('released');
    } else if (line === 'terminate') {
      void worker?.terminate().then(() => {
        say('terminated');
      });
    }
  });
} else {
  const hold = lockOf(String(workerData)).tryAcquire();
  parentPort?.postMessage(hold === undefined ? 'refused' : 'held');
  // Stays until it is terminated.
  setInterval(() => hold?.isHeld(), 1_000);
}
