import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { QuarantineStore } from '../services/quarantine/quarantineStore';
import { systemClock } from '../shared/clock';
import { quarantinePlacesSchema, quarantineWorkerProtocol } from '../shared/protocol/quarantineWorker';
import { WorkControl } from './controlBlock';
import { threadLogger } from './threadLogger';
import { lowerThreadPriority } from './threadPriority';
import { ThreadServer } from './threadServer';

if (parentPort === null) throw new Error('The quarantine worker runs on a worker thread only.');

lowerThreadPriority();
const { folder } = v.parse(quarantinePlacesSchema, workerData);
const store = new QuarantineStore({ folder, clock: systemClock, logger: threadLogger });
new ThreadServer({
  port: parentPort,
  protocol: quarantineWorkerProtocol,
  handlers: {
    move: ({ control, ...request }) => store.move(request, new WorkControl(control)),
    restore: ({ control, ...request }) => store.restore(request, new WorkControl(control)),
    remove: ({ control, id }) => store.remove(id, new WorkControl(control)),
    list: ({ control }) => store.list(new WorkControl(control)),
  },
});
