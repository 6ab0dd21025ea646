/**
 * VS Code's log for a person: without the long complaints about compiled modules (logger, watchdog), which the npm
 * packages do not have and nobody misses, and without what a closing window prints.
 */
export function readableLog(log: string): string {
  const kept: string[] = [];
  let skipping = false;
  for (const line of log.split('\n')) {
    if (isNoise(line)) skipping = true;
    else if (skipping && !continuesEntry.test(line)) skipping = false;
    // A stack into minified code quotes lines of many thousand characters.
    if (!skipping && line.trim() !== '') kept.push(line.length > 400 ? `${line.slice(0, 400)}…` : line);
  }
  return kept.join('\n');
}

/** Whether a log entry, or its first line, is one of those complaints. */
export function isNoise(entry: string): boolean {
  return noise.test(entry);
}

const noise =
  /Could not locate the bindings file|build\/Release\/watchdog|Canceled: Canceled|\[Service Worker\] registration|Long running operations during shutdown|builtin extensions from gallery/;
const continuesEntry = /^(\s|\}|Require stack|- |$)/;
