import { runMocha } from './mochaRun';

const leakLimitMs = 5_000;

async function main(): Promise<void> {
  process.exitCode = (await runMocha({ folder: 'unit', timeoutMs: 20_000, slowMs: 500 })) > 0 ? 1 : 0;
  // The process must end by itself: what keeps it alive is a thread, timer or child that some test left behind.
  setTimeout(() => {
    console.error(`Unit tests left behind: ${process.getActiveResourcesInfo().join(', ')}.`);
    process.exit(1);
  }, leakLimitMs).unref();
}

void main();
