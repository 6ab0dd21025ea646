import { errorStack } from '../shared/errors';
import type { Logger } from '../shared/logger';

/** The log of a thread: its owner takes stderr for warnings and stdout for what only a developer wants to see. */
export const threadLogger: Logger = {
  trace: () => undefined,
  debug: (message) => {
    process.stdout.write(`${message}\n`);
  },
  info: (message) => {
    process.stdout.write(`${message}\n`);
  },
  warning: (message) => {
    process.stderr.write(`${message}\n`);
  },
  error: (message, cause) => {
    process.stderr.write(`${message}\n${cause === undefined ? '' : `${errorStack(cause)}\n`}`);
  },
};
