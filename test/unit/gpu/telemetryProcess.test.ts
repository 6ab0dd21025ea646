import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { GpuDevice } from '../../../src/shared/gpu/gpu';
import {
  type GpuLine,
  type GpuProcessOptionsInput,
  parseGpuLine,
} from '../../../src/shared/protocol/gpuLines';
import { FixtureBundle } from '../support/fixtureBundle';
import { fixturePath, MachineFolder } from './support/gpuFixtures';
import { NvidiaSmiStandIn } from './support/nvidiaSmi';

type LineOf<T extends GpuLine['type']> = Extract<GpuLine, { type: T }>;

/** The real process; every line that it writes must be one of the protocol. */
class Telemetry {
  readonly lines: GpuLine[] = [];
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  private readonly waiting = new Set<() => void>();

  constructor(script: string, argument: string) {
    const child = spawn(process.execPath, [script, argument], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.child = child;
    this.exit = new Promise((resolve) => child.once('exit', resolve));
    createInterface({ input: child.stdout }).on('line', (text) => {
      const parsed = parseGpuLine(text);
      assert.ok('message' in parsed, `${text}: ${JSON.stringify(parsed)}`);
      this.lines.push(parsed.message);
      for (const look of this.waiting) look();
    });
  }

  /** The first line from `from` on that fits. */
  async line<T extends GpuLine['type']>(
    type: T,
    fits: (line: LineOf<T>) => boolean = () => true,
    from = 0,
  ): Promise<LineOf<T>> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.lines
          .slice(from)
          .find((line): line is LineOf<T> => line.type === type && fits(line as LineOf<T>));
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** The next reading that fits, from now on. */
  async reading(fits: (gpus: readonly GpuDevice[]) => boolean): Promise<readonly GpuDevice[]> {
    return (await this.line('metrics', ({ gpus }) => fits(gpus), this.lines.length)).gpus;
  }

  say(control: object): void {
    this.child.stdin?.write(`${JSON.stringify(control)}\n`);
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`never happened: ${what}`);
}

const card1 = {
  uuid: 'GPU-1',
  name: 'NVIDIA A',
  'utilization.gpu': '7',
  'memory.total': '24564',
  'power.draw': '88.5',
};
const card2 = { uuid: 'GPU-2', name: 'NVIDIA B' };

describe('the GPU process', function () {
  this.timeout(20_000);
  const bundle = new FixtureBundle();
  let machine: MachineFolder;
  let telemetry: Telemetry | undefined;

  before(() => bundle.build('src/gpu/telemetry.process.ts'));
  after(() => {
    bundle.remove();
  });

  beforeEach(() => {
    machine = new MachineFolder();
  });

  afterEach(() => {
    telemetry?.child.kill('SIGKILL');
    telemetry = undefined;
    machine.dispose();
  });

  function start(options: GpuProcessOptionsInput = {}): Telemetry {
    telemetry = new Telemetry(
      bundle.file('telemetry.process'),
      JSON.stringify({
        intervalMs: 1_000,
        providers: ['nvidia', 'amd', 'intel'],
        nvidiaSmiPath: `${machine.root}/nvidia-smi`,
        drmRoot: machine.drmRoot,
        pciDevicesRoot: `${machine.root}/pci`,
        procRoot: `${machine.root}/proc`,
        pciIdsPaths: [fixturePath('pci.ids')],
        heartbeatMs: 200,
        probeMs: 200,
        ...options,
      }),
    );
    return telemetry;
  }

  it('says once that there is no GPU, beats on, and ends when its stdin closes', async () => {
    const process = start();
    const { lines, child, exit } = process;
    assert.deepEqual((await process.line('init')).providers, ['nvidia', 'amd', 'intel']);
    assert.equal((await process.line('metrics')).count, 0);
    await process.line('heartbeat', () => lines.filter(({ type }) => type === 'heartbeat').length >= 4);
    assert.equal(lines.filter(({ type }) => type === 'metrics').length, 1);
    assert.equal(lines.filter(({ type }) => type === 'providerError').length, 0);
    child.stdin?.end();
    assert.equal(await exit, 0);
  });

  it('notices a card that is plugged in while there was none', async () => {
    const process = start();
    assert.equal((await process.line('metrics')).count, 0);
    machine.plugIn('amdgpu-navi31.json');
    const [card] = await process.reading((gpus) => gpus.length === 1);
    assert.equal(card?.vendor, 'amd');
  });

  it('reports cards of several vendors side by side, with processes and their names', async () => {
    machine.plugIn('amdgpu-navi31.json');
    machine.write('proc/4300/comm', 'trainer\n');
    const nvidiaSmi = new NvidiaSmiStandIn(machine, {
      cards: [card1, card2],
      apps: ['GPU-1, 4300, 2048, [Not Found]', 'GPU-1, 4242, 18432, /opt/a, b/python3'],
    });
    const gpus = await start().reading((cards) => cards[0]?.processes?.length === 2);
    assert.deepEqual(
      gpus.map(({ id }) => id),
      ['GPU-1', 'GPU-2', '0000:03:00.0'],
    );
    assert.deepEqual(gpus[0]?.metrics.powerW, { status: 'ok', value: 88.5 });
    assert.deepEqual(gpus[0].metrics.fanPercent, { status: 'unsupported' });
    assert.deepEqual(gpus[0].processes, [
      { pid: 4242, name: 'python3', memoryMB: { status: 'ok', value: 18432 } },
      { pid: 4300, name: 'trainer', memoryMB: { status: 'ok', value: 2048 } },
    ]);
    assert.deepEqual(gpus[1]?.processes, []);
    assert.equal(nvidiaSmi.starts.length, 2, 'one loop for cards, one for processes');
  });

  it('goes without fields that an older driver does not know', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, {
      cards: [card1],
      unknownFields: ['utilization.encoder', 'mig.mode.current', 'power.draw'],
    });
    const [card] = await start().reading((gpus) => gpus.length === 1);
    assert.deepEqual(card?.metrics.utilizationPercent, { status: 'ok', value: 7 });
    assert.deepEqual(card.metrics.powerW, { status: 'unsupported' });
    const deviceLoops = nvidiaSmi.starts.filter(({ args }) => args.includes('--query-gpu='));
    assert.equal(deviceLoops.length, 4);
  });

  it('follows cards of NVIDIA that come and go', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, { cards: [card1, card2] });
    const process = start();
    await process.reading((gpus) => gpus.length === 2);
    nvidiaSmi.play({ cards: [card2] });
    const [left] = await process.reading((gpus) => gpus.length === 1);
    assert.equal(left?.id, 'GPU-2');
    nvidiaSmi.play({ cards: [card1, card2] });
    await process.reading((gpus) => gpus.length === 2);
  });

  it('takes no card for a normal state, and tries again when a device is plugged in', async () => {
    machine.write('pci/0000:00:00.0/vendor', '0x8086\n');
    const nvidiaSmi = new NvidiaSmiStandIn(machine, { fail: { text: 'No devices were found', code: 6 } });
    const process = start();
    assert.equal((await process.line('metrics')).count, 0);
    await process.line('heartbeat', () => process.lines.length > 5);
    assert.equal(nvidiaSmi.starts.length, 1, 'asked once');
    assert.equal(process.lines.filter(({ type }) => type === 'providerError').length, 0);
    nvidiaSmi.play({ cards: [card1] });
    machine.write('pci/0000:01:00.0/vendor', '0x10de\n');
    await process.reading((gpus) => gpus.length === 1);
  });

  it('takes a driver that is installed without a card for a normal state', async () => {
    machine.write('pci/0000:00:00.0/vendor', '0x8086\n');
    const text = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
    new NvidiaSmiStandIn(machine, { fail: { text, code: 9 } });
    const process = start();
    assert.equal((await process.line('metrics')).count, 0);
    assert.equal(process.lines.filter(({ type }) => type === 'providerError').length, 0);
  });

  it('says why one provider fails, and the others go on', async () => {
    machine.plugIn('amdgpu-navi31.json');
    const text = 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.90';
    new NvidiaSmiStandIn(machine, { fail: { text, code: 18 } });
    const process = start();
    const error = await process.line('providerError');
    assert.equal(error.provider, 'nvidia');
    assert.match(error.message, /version mismatch.*reboot/s);
    assert.equal((await process.reading((gpus) => gpus.length > 0))[0]?.vendor, 'amd');
  });

  for (const scenario of ['silent', 'never ending'] as const) {
    it(`lets no ${scenario} nvidia-smi keep other cards from being read`, async () => {
      machine.plugIn('amdgpu-navi31.json');
      machine.write('class/drm/card9/device/uevent', 'DRIVER=nvidia\nPCI_SLOT_NAME=0000:09:00.0\n');
      machine.write('class/drm/card9/device/vendor', '0x10de\n');
      machine.write('class/drm/card9/device/device', '0x2684\n');
      const nvidiaSmi = new NvidiaSmiStandIn(machine, { silent: true });
      // Whatever it is asked, and however it is asked to end.
      if (scenario === 'never ending') {
        machine.write('nvidia-smi', `#!${process.execPath}\nprocess.on('SIGTERM', () => {});for (;;);\n`);
      }
      const telemetry = start({
        providers: ['nvidia', 'amd', 'intel', 'systeminformation'],
        nvidiaSmiPath: nvidiaSmi.path,
        settleMs: 300,
      });
      const beats = (): number => telemetry.lines.filter(({ type }) => type === 'heartbeat').length;
      const busy = (percent: number) => (gpus: readonly GpuDevice[]) =>
        gpus.some(({ vendor, metrics: { utilizationPercent: use } }) => {
          return vendor === 'amd' && use.status === 'ok' && use.value === percent;
        });
      await telemetry.reading(busy(42));
      for (const percent of [17, 71]) {
        const before = beats();
        machine.write('devices/pci0000:00/0000:00:01.1/0000:01:00.0/0000:02:00.0/0000:03:00.0/gpu_busy_percent', `${percent}\n`); // prettier-ignore
        await telemetry.reading(busy(percent));
        assert.ok(beats() > before, 'the process stood still');
      }
      // Not left to the end of the test, which kills this process alone: a tool that never prints would stay.
      telemetry.child.stdin?.end();
      assert.equal(await telemetry.exit, 0);
    });
  }

  it('keeps a card whose tool ended, without figures, until the tool answers again', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, { cards: [card1] });
    const process = start();
    await process.reading((gpus) => gpus.length === 1);
    nvidiaSmi.play({ fail: { text: 'Unable to determine the device handle: GPU is lost', code: 15 } });
    const error = await process.line('providerError');
    assert.match(error.message, /GPU is lost/);
    const [card] = await process.reading((gpus) => gpus[0]?.metrics.utilizationPercent.status !== 'ok');
    assert.equal(card?.id, 'GPU-1');
    assert.deepEqual(card.metrics.utilizationPercent, { status: 'unavailable' });
    assert.deepEqual(card.metrics.fanPercent, { status: 'unsupported' });
    nvidiaSmi.play({ cards: [card1] });
    await process.line('providerRecovered');
    await process.reading((gpus) => gpus[0]?.metrics.utilizationPercent.status === 'ok');
  });

  it('passes over what is no table: garbage, rows cut off, very long lines', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, {
      cards: [card1],
      apps: [
        'garbage',
        'GPU-1, 12',
        `GPU-1, 13, 1, ${'x'.repeat(100_000)}`,
        'GPU-1, x, 1, y',
        'GPU-1, 14, 9, fine',
      ],
    });
    const [card] = await start().reading(
      (gpus) => gpus[0]?.processes !== undefined && gpus[0].processes.length > 0,
    );
    assert.deepEqual(
      card?.processes?.map(({ name }) => name),
      ['fine'],
    );
    assert.equal(nvidiaSmi.alive.length, 2);
  });

  it('ends its tools while paused, beats on, and starts them again', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, { cards: [card1] });
    const process = start({ paused: true });
    await process.line('heartbeat', () => process.lines.length >= 4);
    assert.equal(nvidiaSmi.starts.length, 0);
    process.say({ type: 'resume' });
    await process.reading((gpus) => gpus.length === 1);
    await until('both loops run', () => nvidiaSmi.alive.length === 2);
    process.say({ type: 'pause' });
    await until('no loop runs', () => nvidiaSmi.alive.length === 0);
    const said = process.lines.length;
    await process.line('heartbeat', () => process.lines.length >= said + 3, said);
    assert.equal(process.lines.slice(said + 1).filter(({ type }) => type === 'metrics').length, 0);
    process.say({ type: 'resume' });
    await process.reading((gpus) => gpus.length === 1);
  });

  it('takes another interval, and ignores what it does not understand', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, { cards: [card1] });
    const process = start();
    await process.reading((gpus) => gpus.length === 1);
    process.say({ type: 'interval', intervalMs: 0 });
    process.say({ type: 'unheard' });
    process.say({ type: 'interval', intervalMs: 2_000 });
    await until('a loop with the new interval', () =>
      nvidiaSmi.starts.some(({ args }) => args.includes('--query-gpu=') && args.includes('--loop-ms=2000')),
    );
    assert.equal(nvidiaSmi.starts.filter(({ args }) => args.includes('--query-gpu=')).length, 2);
  });

  it('ends its tools when stdin closes, and when it is killed itself', async () => {
    const playing = { cards: [card1], apps: ['GPU-1, 1, 1, x'] };
    const nvidiaSmi = new NvidiaSmiStandIn(machine, playing);
    for (const end of ['stdin', 'stdout', 'SIGTERM', 'SIGKILL'] as const) {
      nvidiaSmi.play(playing);
      const process = start();
      await process.reading((gpus) => gpus.length === 1);
      await until('both loops run', () => nvidiaSmi.alive.length === 2);
      // One that prints would notice by itself; only that helps where the process cannot end it.
      if (end !== 'SIGKILL') nvidiaSmi.play({ silent: true });
      if (end === 'stdin') process.child.stdin?.end();
      else if (end === 'stdout') process.child.stdout?.destroy();
      else process.child.kill(end);
      await process.exit;
      await until(`no loop runs after ${end}`, () => nvidiaSmi.alive.length === 0);
    }
  });

  it('counts the cost of its tools', async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: only Linux tells what another process costs');
      this.skip();
    }
    new NvidiaSmiStandIn(machine, { cards: [card1] });
    const telemetry = start({ procRoot: '/proc' });
    const [first] = [await telemetry.line('heartbeat')];
    await telemetry.reading((gpus) => gpus.length === 1);
    const later = await telemetry.line('heartbeat', ({ rssMB }) => rssMB > first.rssMB + 20);
    assert.ok(later.cpuMs > first.cpuMs);
  });

  it('says that it cannot go on with options that it does not understand', async () => {
    const process = new Telemetry(bundle.file('telemetry.process'), '{"intervalMs":"often"}');
    telemetry = process;
    assert.match((await process.line('fatal')).message, /options/);
    assert.equal(await process.exit, 1);
  });
});
