import { parentPort } from 'node:worker_threads';
import { FileHasher } from '../services/hashing/fileHasher';
import { fileHashWorkerProtocol } from '../shared/protocol/fileHashWorker';
import { WorkControl } from './controlBlock';
import { lowerThreadPriority } from './threadPriority';
import { ThreadServer } from './threadServer';

if (parentPort === null) throw new Error('The file hash worker runs on a worker thread only.');

lowerThreadPriority();
const hasher = new FileHasher();
new ThreadServer({
  port: parentPort,
  protocol: fileHashWorkerProtocol,
  handlers: { hash: ({ control, path }) => hasher.hash(path, new WorkControl(control)) },
});
