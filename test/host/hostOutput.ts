import { format } from 'node:util';
import Mocha from 'mocha';
import { isNoise } from './readableLog';

/** An invisible character: VS Code mixes the host's output with its own log, and only marked lines are the tests'. */
const mark = '\u2063';

/** Inside the extension host: marks what mocha and the tests print until the returned function is called. */
export function markConsole(): () => void {
  const original = globalThis.console;
  const marked = (write: (text: string) => void) => {
    return (...values: unknown[]) => {
      write(mark + format(...values));
    };
  };
  // The host guards its console's methods against assignment, so the object is replaced.
  globalThis.console = Object.create(original) as Console;
  for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    Object.defineProperty(globalThis.console, name, { value: marked(original[name].bind(original)) });
  }
  Mocha.reporters.Base.consoleLog = (...values: unknown[]) => {
    globalThis.console.log(...values);
  };
  return () => {
    globalThis.console = original;
  };
}

/** The tests' own text of an entry from the host, or undefined for VS Code's. */
export function testOutput(entry: string): string | undefined {
  if (!entry.startsWith(mark)) return undefined;
  const text = entry.slice(mark.length);
  return isNoise(text) ? undefined : text;
}
