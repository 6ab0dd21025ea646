import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { ScanCoordinator } from '../services/scan/coordinator/scanCoordinator';
import { compileYara, type YaraCode } from '../services/scan/rules/yaraModule';
import { systemClock } from '../shared/clock';
import { scanThreadProtocol } from '../shared/protocol/scanThread';
import { scanPlacesSchema, scanWorkerProtocol } from '../shared/protocol/scanWorker';
import { spawnThread } from './thread';
import { threadLogger as logger } from './threadLogger';
import { lowerThreadPriority } from './threadPriority';
import { ThreadServer } from './threadServer';
import { WorkerClient } from './workerClient';

if (parentPort === null) throw new Error('The coordinator of scans runs on a worker thread only.');

lowerThreadPriority();
const { threadFile, wasmFile, ...places } = v.parse(scanPlacesSchema, workerData);

/** Contents of files and what YARA-X takes lie outside of it. Large sets of rules are read with it. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8 };
/** Compiling rules takes a second or more, and people scan several files in a row. */
const idleMs = 120_000;

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
  handlers: {
    scan: (request) => coordinator.scan(request),
    loadRules: (settings) => coordinator.loadRules(settings),
  },
});
