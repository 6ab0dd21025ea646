// Does one thing to a quarantine, and kills itself at one of the moments around what it does to the disk. Prints the moments
// when it is told not to, and what came of it.
//   quarantineActor.cjs STORE MOMENT|none move FILE | restore ID [TARGET] | remove ID
import { QuarantineStore } from '../../../../src/services/quarantine/quarantineStore';
import { systemClock } from '../../../../src/shared/clock';
import { nullLogger } from '../../../../src/shared/logger';
import { freeControl } from './freeControl';

const [, , folder = '', moment = '', what = '', name = '', target] = process.argv;
let reached = 0;

const store = new QuarantineStore({
  folder,
  clock: systemClock,
  logger: nullLogger,
  faults: (point) => {
    if (moment === 'none') process.stdout.write(`${point}\n`);
    else if (reached === Number(moment)) process.kill(process.pid, 'SIGKILL');
    reached += 1;
  },
});

function act(): { readonly status: string } {
  switch (what) {
    case 'move':
      return store.move({ path: name }, freeControl);
    case 'restore':
      return store.restore({ id: name, ...(target === undefined ? {} : { target }) }, freeControl);
    default:
      return store.remove(name, freeControl);
  }
}

process.stdout.write(`done: ${act().status}\n`);
