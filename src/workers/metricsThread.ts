import { parentPort } from 'node:worker_threads';
import type { Sampler } from '../services/metrics/sampler';
import { SamplingLoop } from '../services/metrics/samplingLoop';
import { systemClock } from '../shared/clock';
import { metricsWorkerProtocol } from '../shared/protocol/metricsWorker';
import { ThreadServer } from './threadServer';

/** Runs the metrics thread: samples as its owner configures and pushes each snapshot. */
export function serveMetrics(sampler: Sampler): void {
  if (parentPort === null) throw new Error('The metrics worker runs on a worker thread only.');
  const loop = new SamplingLoop(systemClock, sampler, (snapshot) => {
    server.push(snapshot);
  });
  const server = new ThreadServer({
    port: parentPort,
    protocol: metricsWorkerProtocol,
    handlers: {},
    onNotification(config) {
      loop.configure(config);
    },
  });
}
