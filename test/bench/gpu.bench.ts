import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { PassThrough } from 'node:stream';
import { GpuLineReader } from '../../src/gpu/gpuLineReader';
import { defaultGpuServiceLimits, GpuService } from '../../src/gpu/gpuService';
import { AmdProvider } from '../../src/gpu/providers/amd';
import { PciNames } from '../../src/gpu/providers/pciNames';
import { gpuChildStarter } from '../../src/gpu/startGpuProcess';
import { systemClock } from '../../src/shared/clock';
import { nullLogger } from '../../src/shared/logger';
import type { GpuProcessOptionsInput } from '../../src/shared/protocol/gpuLines';
import { device, lines } from '../unit/gpu/support/gpuDevices';
import { MachineFolder } from '../unit/gpu/support/gpuFixtures';
import { NvidiaSmiStandIn } from '../unit/gpu/support/nvidiaSmi';
import { FixtureBundle } from '../unit/support/fixtureBundle';
import { cpuMsBetween, treeUsage } from '../support/processTree';
import { median } from './statistics';

/**
 * The GPU process and the reading of its lines. No card is needed: the process runs on made trees of sysfs and
 * beside a program that prints like `nvidia-smi`, whose own cost is not counted. Linux only.
 */
export async function run(): Promise<Record<string, unknown>> {
  const bundle = new FixtureBundle();
  const machine = new MachineFolder();
  try {
    await bundle.build('src/gpu/telemetry.process.ts');
    const script = bundle.file('telemetry.process');
    const idle = await idleCost(script, machine);
    return {
      idleCpuPercent: idle.cpuPercent,
      idleRssMB: idle.rssMB,
      linesPerSec: await linesPerSec(),
      sampleCpuMs: await sampleCpuMs(script, machine),
      sysfsReadUs: sysfsReadUs(machine),
      ...(await flood(machine)),
    };
  } finally {
    bundle.remove();
    machine.dispose();
  }
}

const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, count * 1_000));

function start(script: string, options: GpuProcessOptionsInput): ChildProcess {
  return spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'exit');
}

/** Without a GPU, at an interval of 3 s: of one core, the median of rounds that each span two looks for a card. */
async function idleCost(
  script: string,
  machine: MachineFolder,
): Promise<{ cpuPercent: number; rssMB: number }> {
  const child = start(script, {
    intervalMs: 3_000,
    nvidiaSmiPath: path.join(machine.root, 'missing'),
    drmRoot: machine.drmRoot,
    probeMs: 10_000,
  });
  child.stdout?.resume();
  await seconds(3);
  const percents: number[] = [];
  let usage = treeUsage(child.pid!);
  for (let round = 0; round < 3; round += 1) {
    await seconds(20);
    const next = treeUsage(child.pid!);
    percents.push(cpuMsBetween(usage, next) / 200);
    usage = next;
  }
  await end(child);
  return { cpuPercent: median(percents), rssMB: usage.rssMB };
}

/** Lines of two cards with eight processes each, split, parsed and validated, without the limit on their rate. */
async function linesPerSec(): Promise<number> {
  const processes = Array.from({ length: 8 }, (_, pid) => ({
    pid,
    name: `python3.${pid}`,
    memoryMB: { status: 'ok', value: 1_024 } as const,
  }));
  const gpus = ['a', 'b'].map((id) => device(id, { utilizationPercent: 50, powerW: 300 }, { processes }));
  const count = 5_000;
  const block = Buffer.from(`${lines.metrics(gpus)}\n`.repeat(count));
  const rates: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const stream = new PassThrough();
    const startedMs = performance.now();
    await new Promise<void>((resolve) => {
      let read = 0;
      const handlers = {
        onMessage: () => {
          read += 1;
          if (read === count) resolve();
        },
        onProblem: (problem: string, detail: string) => {
          throw new Error(`${problem}: ${detail}`);
        },
      };
      const limits = { maxLinesPerSec: Infinity, maxBytesPerSec: Infinity, turnBudgetMs: 3 };
      new GpuLineReader(stream, systemClock, handlers, limits);
      for (let at = 0; at < block.length; at += 65_536) stream.write(block.subarray(at, at + 65_536));
    });
    rates.push((count * 1_000) / (performance.now() - startedMs));
  }
  return median(rates);
}

/** CPU of the process for each reading that it writes: two cards of nvidia-smi with processes, one of sysfs. */
async function sampleCpuMs(script: string, machine: MachineFolder): Promise<number> {
  machine.plugIn('amdgpu-navi31.json');
  const nvidiaSmi = new NvidiaSmiStandIn(machine, {
    cards: [
      { uuid: 'GPU-1', name: 'A', 'utilization.gpu': '50' },
      { uuid: 'GPU-2', name: 'B', 'utilization.gpu': '50' },
    ],
    apps: Array.from({ length: 4 }, (_, pid) => `GPU-1, ${pid + 100}, 512, /usr/bin/python3`),
    everyMs: 100,
  });
  const child = start(script, {
    intervalMs: 1_000,
    nvidiaSmiPath: nvidiaSmi.path,
    drmRoot: machine.drmRoot,
    pciDevicesRoot: path.join(machine.root, 'pci'),
  });
  let readings = 0;
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    readings += text.split('"type":"metrics"').length - 1;
  });
  await seconds(2);
  const costs: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const before = { usage: treeUsage(child.pid!), readings };
    await seconds(3);
    const after = treeUsage(child.pid!);
    const own = (usage: typeof after): typeof after => ({
      ...usage,
      cpuNsByThread: new Map(
        [...usage.cpuNsByThread].filter(([thread]) => thread.startsWith(`${child.pid}/`)),
      ),
    });
    costs.push(cpuMsBetween(own(before.usage), own(after)) / (readings - before.readings));
  }
  await end(child);
  return median(costs);
}

/** Reading every figure of one Radeon from files that are kept open; a real driver adds its own time. */
function sysfsReadUs(machine: MachineFolder): number {
  const provider = new AmdProvider(machine.drmRoot, new PciNames([]));
  const costs: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const startedMs = performance.now();
    for (let read = 0; read < 500; read += 1) provider.read();
    costs.push(((performance.now() - startedMs) * 1_000) / 500);
  }
  provider.dispose();
  return median(costs);
}

/** A process that writes 10,000 lines a second: what the host's thread feels of it. */
async function flood(machine: MachineFolder): Promise<Record<string, number>> {
  const script = path.join(machine.root, 'flood.cjs');
  const line = lines.metrics([device('a', { utilizationPercent: 5 })]);
  writeFileSync(
    script,
    `process.stdin.on('end', () => process.exit(0)).resume();
     const line = ${JSON.stringify(line)} + '\\n';
     const beat = ${JSON.stringify(lines.heartbeat())} + '\\n';
     let free = true;
     setInterval(() => { if (free) free = process.stdout.write(line.repeat(99) + beat, () => { free = true; }); }, 10);`,
  );
  const service = new GpuService(
    { intervalMs: 1_000 },
    { clock: systemClock, logger: nullLogger, random: Math.random, startChild: gpuChildStarter(script) },
    defaultGpuServiceLimits,
  );
  service.start();
  await seconds(1);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const cpu = process.cpuUsage();
  delay.enable();
  await seconds(5);
  delay.disable();
  const { user, system } = process.cpuUsage(cpu);
  await service.stop();
  service.dispose();
  return {
    floodHostDelayP99Ms: delay.percentile(99) / 1e6,
    /** Of one core; the measuring of the delay is part of it. */
    floodHostCpuPercent: ((user + system) / 1e6 / 5) * 100,
  };
}
