// A program with children of children. Each prints "NAME PID" when it is ready, and never ends by itself.
//   family.cjs NAME DEPTH [deaf]     deaf: ignores SIGTERM, SIGINT and SIGHUP
import { spawn } from 'node:child_process';

const [, script = '', name = '', depth = '0', manner] = process.argv;
if (manner === 'deaf')
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
if (Number(depth) > 0) {
  const args = [script, `${name}+`, String(Number(depth) - 1), ...(manner === undefined ? [] : [manner])];
  spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}
process.stdout.write(`${name} ${process.pid}\n`);
setInterval(() => undefined, 1_000_000);
