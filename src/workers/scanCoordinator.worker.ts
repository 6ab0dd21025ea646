import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { ScanCoordinator } from '../services/scan/coordinator/scanCoordinator';
import { compileYara, type YaraCode } from '../services/scan/rules/yaraModule';
import { systemClock } from '../shared/clock';
import { errorStack } from '../shared/errors';
import type { Logger } from '../shared/logger';
import { scanThreadProtocol } from '../shared/protocol/scanThread';
import { scanPlacesSchema, scanWorkerProtocol } from '../shared/protocol/scanWorker';
import { spawnThread } from './thread';
import { lowerThreadPriority } from './threadPriority';
import { ThreadServer } from './threadServer';
import { WorkerClient } from './workerClient';

if (parentPort === null) throw new Error('The coordinator of scans runs on a worker thread only.');

lowerThreadPriority();
const { threadFile, wasmFile, ...places } = v.parse(scanPlacesSchema, workerData);

/** What was found and judged is kept in memory as strings: a heap that is too small would end the thread. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };
/** Compiling rules takes a second or more, and people scan several files in a row. */
const idleMs = 120_000;

/** The owner logs what is written: stdout for those who look for something, stderr for everybody. */
const quiet = (message: string): void => void process.stdout.write(`${message}\n`);
const loud = (message: string): void => void process.stderr.write(`${message}\n`);
const logger: Logger = {
  trace: () => undefined,
  debug: quiet,
  info: quiet,
  warning: loud,
  error: (message, cause) => {
    loud(cause === undefined ? message : `${message} ${errorStack(cause)}`);
  },
};

let code: YaraCode | undefined;
/** Compiled once for all threads, when the first of them is started. */
const yara = (): YaraCode => (code ??= compileYara(new Uint8Array(readFileSync(wasmFile))));

const coordinator = new ScanCoordinator({
  ...places,
  clock: systemClock,
  logger,
  push: (message) => {
    server.push(message);
  },
  createThread: (name) =>
    new WorkerClient({
      name,
      protocol: scanThreadProtocol,
      clock: systemClock,
      logger,
      idleMs,
      spawn: () =>
        spawnThread(threadFile, { name: `sentinel-${name}`, logger, resourceLimits, workerData: yara() }),
    }),
});
const server = new ThreadServer({
  port: parentPort,
  protocol: scanWorkerProtocol,
  handlers: { scan: (request) => coordinator.scan(request) },
});
