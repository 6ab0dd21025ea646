// Stands in for the extension host: runs programs through a ProcessRunner and prints the lines that they print,
// until it is killed.
//   host.cjs GUARDIAN FAMILY CHILD
import { systemClock } from '../../../../src/shared/clock';
import { nullLogger } from '../../../../src/shared/logger';
import { nodeCommand } from '../../../../src/services/process/processCommand';
import { ProcessRunner } from '../../../../src/services/process/processRunner';

const [, , guardianFile = '', family = '', child = ''] = process.argv;
const runner = new ProcessRunner({ clock: systemClock, logger: nullLogger, guardianFile });
const onLine = ({ text }: { text: string }): void => {
  process.stdout.write(`${text}\n`);
};
// As foreign programs: they do not look at their stdin.
for (const name of ['one', 'two']) {
  runner.start({ file: process.execPath, args: [family, name, '2', 'deaf'], onLine });
}
// As one of our own: ends when its stdin closes.
runner.start({ ...nodeCommand(child), onLine });
