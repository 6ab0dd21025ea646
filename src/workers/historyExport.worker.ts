import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { exportHandlers } from '../services/history/exportThread';
import { systemClock as clock } from '../shared/clock';
import { historyExportWorkerProtocol } from '../shared/protocol/historyExportWorker';
import { historyWorkerDataSchema } from '../shared/protocol/historyWorker';
import { threadLogger } from './threadLogger';
import { ThreadServer } from './threadServer';

if (parentPort === null) throw new Error('The export worker runs on a worker thread only.');

const server = new ThreadServer({
  port: parentPort,
  protocol: historyExportWorkerProtocol,
  handlers: exportHandlers({
    data: v.parse(historyWorkerDataSchema, workerData),
    clock,
    logger: threadLogger,
    push: (push) => {
      server.push(push);
    },
  }),
});
