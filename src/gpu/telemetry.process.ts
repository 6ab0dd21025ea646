import * as v from 'valibot';
import { LineSplitter } from '../services/process/lineSplitter';
import { systemClock } from '../shared/clock';
import { errorStack } from '../shared/errors';
import {
  type GpuControl,
  gpuProcessOptionsSchema,
  type GpuProcessOptions,
  parseGpuControl,
} from '../shared/protocol/gpuLines';
import { LineWriter } from './lineWriter';
import { ProcessCost } from './processCost';
import { chooseProviders } from './providers/choose';
import { graphicsArgument, printGraphics } from './providers/graphicsProgram';
import { Sampler } from './sampler';

/**
 * The GPU process: says what the providers measure, as JSON lines on stdout, until its stdin closes. Its only
 * argument is a JSON object (`gpuProcessOptionsSchema`), or the one that makes it another program.
 */
function main(): void {
  if (process.argv[2] === graphicsArgument) {
    // A failure is an exit code, and the reason stands on stderr.
    void printGraphics();
    return;
  }
  const writer = new LineWriter(process.stdout);
  const fatal = (error: unknown): void => {
    const message = errorStack(error).slice(0, 2_000);
    process.stdout.write(`${JSON.stringify({ type: 'fatal', message })}\n`, () => process.exit(1));
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);
  // Nobody reads any more: the host is gone.
  process.stdout.on('error', () => process.exit(0));
  process.stderr.on('error', () => undefined);

  const options = parseOptions(process.argv[2]);
  if (options === undefined) {
    fatal(new Error('The argument is not a JSON object of options.'));
    return;
  }
  run(options, writer);
}

function run(options: GpuProcessOptions, writer: LineWriter): void {
  const sampler = new Sampler(
    chooseProviders(process.argv[1] ?? '', options, process.platform, systemClock, Math.random),
    { intervalMs: options.intervalMs, probeMs: options.probeMs, settleMs: options.settleMs },
    systemClock,
    (line) => {
      writer.write(line);
    },
  );
  const cost = new ProcessCost(options.procRoot);
  const beat = (): void => {
    writer.write({ type: 'heartbeat', ts: new Date().toISOString(), ...cost.measure(sampler.toolPids) });
  };
  // However it ends: a tool that has nothing to print would never notice that nobody reads it.
  process.on('exit', () => {
    sampler.dispose();
  });
  const end = (): void => {
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  readControls((control) => {
    obey(control, sampler);
  }, end);

  writer.write({ type: 'init', providers: [...sampler.providerNames], version: 1 });
  beat();
  systemClock.setInterval(beat, options.heartbeatMs);
  if (!options.paused) sampler.start();
}

function obey(control: GpuControl, sampler: Sampler): void {
  switch (control.type) {
    case 'pause':
      sampler.suspend();
      return;
    case 'resume':
      sampler.start();
      return;
    case 'interval':
      sampler.setInterval(control.intervalMs);
      return;
  }
}

function readControls(onControl: (control: GpuControl) => void, onEnd: () => void): void {
  const splitter = new LineSplitter(({ text }) => {
    const result = parseGpuControl(text);
    if ('message' in result) onControl(result.message);
    else process.stderr.write(`not understood: ${result.problem}\n`);
  }, 4_096);
  process.stdin.on('data', (chunk: Uint8Array) => {
    splitter.push(chunk);
  });
  process.stdin.on('end', onEnd);
  process.stdin.on('error', onEnd);
}

function parseOptions(argument: string | undefined): GpuProcessOptions | undefined {
  try {
    return v.parse(gpuProcessOptionsSchema, JSON.parse(argument ?? '{}'));
  } catch {
    return undefined;
  }
}

main();
