// Takes and gives back the lock of a folder again and again, and sees to it that nobody else is inside meanwhile. Now
// and then it kills itself, at one of the moments around what it does to the folder, or inside.
//   lockTaker.cjs FOLDER NAME ROUNDS SEED
import { appendFileSync, closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../../src/shared/clock';
import { systemFileCalls } from '../../../../src/services/files/fileCalls';
import { FlagLock } from '../../../../src/services/locks/flagLock';
import { acquire } from '../../../../src/services/locks/storageLock';
import { Random } from '../../support/random';

const [, , folder = '', name = '', rounds = '', seed = ''] = process.argv;
const random = new Random(Number(seed));
const done = path.join(folder, `done-${name}`);
const marker = path.join(folder, 'inside');

const maybeDie = (): void => {
  if (random.chance(0.005)) process.kill(process.pid, 'SIGKILL');
};
const lock = new FlagLock({
  folder: path.join(folder, 'locks'),
  calls: systemFileCalls,
  makeFolder: () => undefined,
  monotonicMs: () => performance.now(),
  faults: maybeDie,
});

void main();

async function main(): Promise<void> {
  while (roundsDone() < Number(rounds)) {
    const hold = await acquire(lock, {
      clock: systemClock,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    });
    if (hold === undefined) throw new Error('The lock was not to be had.');
    beInside();
    appendFileSync(done, '.');
    hold.release();
  }
}

function roundsDone(): number {
  try {
    return statSync(done).size;
  } catch {
    return 0;
  }
}

function beInside(): void {
  enter();
  maybeDie();
  const untilMs = performance.now() + 2 * random.next();
  while (performance.now() < untilMs) continue;
  maybeDie();
  unlinkSync(marker);
}

function enter(): void {
  let descriptor: number;
  try {
    descriptor = openSync(marker, 'wx');
  } catch {
    const pid = Number(readFileSync(marker, 'utf8'));
    if (isRunning(pid)) {
      process.stdout.write(`together with ${pid}\n`);
      process.exit(1);
    }
    unlinkSync(marker);
    descriptor = openSync(marker, 'wx');
  }
  writeSync(descriptor, String(process.pid));
  closeSync(descriptor);
}

/** One that was killed inside has left its marker, which may be empty. */
function isRunning(pid: number): boolean {
  if (pid === 0) return false;
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
