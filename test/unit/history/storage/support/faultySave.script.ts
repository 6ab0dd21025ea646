// Saves and folds as it is told, notes what was acknowledged, and kills itself at one of the moments around what it does to the
// disk. Prints the moments when it is told not to.
//   faultySave.cjs FOLDER NOTES MOMENT|none save|fold...
import { appendFileSync } from 'node:fs';
import { HistoryStore } from '../../../../../src/services/history/storage/historyStore';
import { systemClock } from '../../../../../src/shared/clock';
import { nullLogger } from '../../../../../src/shared/logger';
import { madeRecord } from '../../../support/scanRecords';
import { openJsonDatabase } from './jsonDatabase';

const [, , folder = '', notes = '', moment = '', ...steps] = process.argv;
let reached = 0;

async function main(): Promise<void> {
  const store = await HistoryStore.open({
    folder,
    openDatabase: openJsonDatabase,
    clock: systemClock,
    logger: nullLogger,
    faults: (point) => {
      if (moment === 'none') process.stdout.write(`${point}\n`);
      else if (reached === Number(moment)) process.kill(process.pid, 'SIGKILL');
      reached += 1;
    },
  });
  for (const [index, step] of steps.entries()) {
    if (step === 'fold') {
      await store.fold();
      continue;
    }
    const id = `new-${index}`;
    const durability = await store.write([{ type: 'put', record: madeRecord({ id }) }]);
    if (durability === 'stored') appendFileSync(notes, `${id}\n`);
  }
  await store.close();
}

void main();
