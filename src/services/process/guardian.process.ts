// Ends the process groups that it was told of when its stdin closes, which happens when the host has ended in
// whatever way. Started by OrphanGuard; leads a group of its own, so that what ends the host's does not end it.
import { LineSplitter } from './lineSplitter';
import { systemSignals } from './processGroup';

/** How long orphans may take to obey SIGTERM. Nobody waits for their results any more. */
const graceMs = 300;

const groups = new Set<number>();
const signals = systemSignals();

function obey(line: string): void {
  const [, what, digits] = /^(guard|release) ([1-9]\d*)$/.exec(line) ?? [];
  const group = Number(digits);
  // Group 1 would be every process of the user.
  if (!Number.isSafeInteger(group) || group <= 1) return;
  if (what === 'guard') groups.add(group);
  else groups.delete(group);
}

function endOrphans(): void {
  if (groups.size === 0) return;
  for (const group of groups) signals.send(group, 'SIGTERM');
  setTimeout(() => {
    for (const group of groups) signals.send(group, 'SIGKILL');
  }, graceMs);
}

const splitter = new LineSplitter(({ text }) => {
  obey(text);
}, 100);
let ended = false;
function onInputEnd(): void {
  if (ended) return;
  ended = true;
  splitter.end();
  endOrphans();
}
process.stdin.on('data', (chunk: Buffer) => {
  splitter.push(chunk);
});
process.stdin.on('end', onInputEnd);
process.stdin.on('error', onInputEnd);
// A signal to end that reaches the guardian before the host's end must not leave the orphans to themselves.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
