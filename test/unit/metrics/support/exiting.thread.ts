import '../../../../src/workers/metricsLinux.worker';

// Behind the second sample, which follows the first by a second.
setTimeout(() => {
  process.exit(3);
}, 1_500);
