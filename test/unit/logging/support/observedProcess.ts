import path from 'node:path';
import { observeOwnErrors, stackWithin } from '../../../../src/services/logging/ownErrors';
import { nullLogger } from '../../../../src/shared/logger';

// A process that meets an error nobody catches: `node observedProcess.cjs EVENT OBSERVED`.
const [event, observed] = process.argv.slice(2);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (observed === 'observed') {
  const logger = { ...nullLogger, error: say };
  observeOwnErrors({ process, isOwn: stackWithin(path.dirname(process.argv[1] ?? '')), logger });
}

switch (event ?? '') {
  case 'throw':
    setImmediate(() => {
      throw new Error('thrown');
    });
    break;
  case 'reject':
    void Promise.reject(new Error('rejected'));
    break;
  case 'rejectForeign': {
    const error = new Error('rejected');
    error.stack = 'Error: rejected\n    at f (/elsewhere/x.js:1:1)';
    void Promise.reject(error);
    break;
  }
  case 'rejectWithHost':
    process.on('unhandledRejection', () => {
      say('host: rejection');
    });
    void Promise.reject(new Error('rejected'));
    break;
  case 'throwWithHost':
    process.on('uncaughtException', () => {
      say('host: exception');
    });
    setImmediate(() => {
      throw new Error('thrown');
    });
    break;
  default:
    throw new Error(`No such event: ${String(event)}`);
}
process.on('exit', () => {
  say('exit');
});
