// Moves files in and out of a quarantine at random, as one window of several, and now and then kills itself at one of the
// moments around what it does to the disk. Started again, it goes on.
//   quarantineRounds.cjs STORE OUTSIDE FILES NOTES ROUNDS SEED
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { QuarantineStore } from '../../../../src/services/quarantine/quarantineStore';
import { systemClock } from '../../../../src/shared/clock';
import { nullLogger } from '../../../../src/shared/logger';
import { Random } from '../../support/random';
import { freeControl } from './freeControl';

const [, , folder = '', outside = '', files = '', notes = '', rounds = '', seed = ''] = process.argv;
const random = new Random(Number(seed));
const store = new QuarantineStore({
  folder,
  clock: systemClock,
  logger: nullLogger,
  faults: () => {
    if (random.chance(0.02)) process.kill(process.pid, 'SIGKILL');
  },
});

function round(): string {
  const names = [`file-${random.below(Number(files))}`, `other-${random.below(Number(files))}`];
  const name = names.find((each) => existsSync(path.join(outside, each)));
  if (name !== undefined && random.chance(0.6)) {
    const { status } = store.move({ path: path.join(outside, name) }, freeControl);
    return `move ${status}`;
  }
  const items = store.list(freeControl);
  if (items.length === 0) return 'nothing';
  const item = random.pick(items);
  if (item.type !== 'stored') return item.type;
  const number = path.basename(item.record.origin).split('-')[1] ?? '';
  const target = path.join(outside, `${random.pick(['file', 'other'])}-${number}`);
  return `restore ${store.restore({ id: item.record.id, target }, freeControl).status}`;
}

while (!existsSync(notes) || readFileSync(notes, 'utf8').split('\n').length <= Number(rounds))
  appendFileSync(notes, `${round()}\n`);
