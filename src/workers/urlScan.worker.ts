import { parentPort } from 'node:worker_threads';
import { UrlLists } from '../services/scan/url/lists/urlLists';
import { UrlThread } from '../services/scan/url/urlThread';
import { systemClock as clock } from '../shared/clock';
import { urlWorkerProtocol } from '../shared/protocol/urlWorker';
import { threadLogger as logger } from './threadLogger';
import { lowerThreadPriority } from './threadPriority';
import { ThreadServer } from './threadServer';

if (parentPort === null) throw new Error('Links are analysed on a worker thread only.');

lowerThreadPriority();
const thread = new UrlThread(new UrlLists({ clock, logger }));
new ThreadServer({
  port: parentPort,
  protocol: urlWorkerProtocol,
  handlers: { analyse: (request) => thread.analyse(request) },
});
