import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { HistoryThread } from '../services/history/historyThread';
import { systemClock as clock } from '../shared/clock';
import { historyWorkerDataSchema, historyWorkerProtocol } from '../shared/protocol/historyWorker';
import { threadLogger } from './threadLogger';
import { ThreadServer } from './threadServer';

if (parentPort === null) throw new Error('The history worker runs on a worker thread only.');

/** Much longer than anything takes, but for a thread that will never answer again. */
const aliveIntervalMs = 10_000;

const thread = new HistoryThread({
  data: v.parse(historyWorkerDataSchema, workerData),
  clock,
  logger: threadLogger,
  push: (push) => {
    server.push(push);
  },
});
const server = new ThreadServer({
  port: parentPort,
  protocol: historyWorkerProtocol,
  handlers: thread.handlers,
  onNotification: (message) => {
    thread.notified(message);
  },
  alive: { clock, intervalMs: aliveIntervalMs },
});
