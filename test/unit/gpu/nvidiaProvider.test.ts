import assert from 'node:assert/strict';
import { NvidiaProvider } from '../../../src/gpu/providers/nvidia';
import type { Tool, ToolLoopHandlers } from '../../../src/gpu/providers/toolLoop';
import { systemClock } from '../../../src/shared/clock';
import { FakeClock, settle } from '../support/fakeClock';
import { MachineFolder } from './support/gpuFixtures';
import { NvidiaSmiStandIn } from './support/nvidiaSmi';

describe('NvidiaProvider', function () {
  this.timeout(60_000);
  let machine: MachineFolder;
  let provider: NvidiaProvider;
  let errors: string[];
  let recovered: number;
  let onReading: () => void;

  beforeEach(() => {
    machine = new MachineFolder();
    errors = [];
    recovered = 0;
    onReading = () => undefined;
    provider = new NvidiaProvider(
      {
        findTool: () => Promise.resolve(`${machine.root}/nvidia-smi`),
        pciFingerprint: () => undefined,
        hasCard: () => undefined,
        processName: () => undefined,
        probeMs: 50,
        // Longer than the stand-in takes to start, be the machine busy.
        limits: { silenceMs: 2_000, firstRetryMs: 50 },
      },
      systemClock,
      () => 0,
      {
        onReading: () => {
          onReading();
        },
        onError: (message) => errors.push(message),
        onRecovered: () => (recovered += 1),
      },
    );
  });

  afterEach(() => {
    provider.dispose();
    machine.dispose();
  });

  const readingThat = (fits: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      onReading = () => {
        if (fits()) resolve();
      };
    });

  it('ends a tool that hangs, says so, and tries again', async () => {
    const nvidiaSmi = new NvidiaSmiStandIn(machine, { cards: [{ uuid: 'GPU-1', 'power.draw': '5' }] });
    provider.start(50);
    await readingThat(() => provider.read()?.[0]?.metrics.powerW.status === 'ok');
    // It may have been slow to start, which counts as well.
    [errors.length, recovered] = [0, 0];
    nvidiaSmi.play({ silent: true });
    await readingThat(() => errors.length > 0);
    assert.match(errors[0]!, /no figures for/);
    assert.deepEqual(provider.read()?.[0]?.metrics.powerW, { status: 'unavailable' });
    assert.deepEqual(provider.read()?.[0]?.metrics.fanPercent, { status: 'unsupported' });
    nvidiaSmi.play({ cards: [{ uuid: 'GPU-1', 'power.draw': '6' }] });
    await readingThat(() => recovered > 0);
    assert.deepEqual(provider.read()?.[0]?.metrics.powerW, { status: 'ok', value: 6 });
  });

  it('completes a round by a pause where the tool does not tell how many cards there are', async () => {
    new NvidiaSmiStandIn(machine, {
      cards: [
        { uuid: 'GPU-1', count: '[N/A]' },
        { uuid: 'GPU-2', count: '[N/A]' },
      ],
      everyMs: 10_000,
    });
    provider.start(10_000);
    await readingThat(() => provider.read()?.length === 2);
  });
});

/** Waits for its driver, and so obeys no signal until the test lets it. */
class StuckTool implements Tool {
  readonly pid = 1;
  readonly exited: Promise<void>;
  leave = (): void => undefined;

  constructor(readonly handlers: ToolLoopHandlers) {
    this.exited = new Promise((resolve) => {
      this.leave = resolve;
    });
  }

  dispose(): void {
    // SIGKILL waits as well.
  }
}

describe('NvidiaProvider and a tool that cannot be killed', () => {
  it('starts no other until it has gone, says so, and goes on then', async () => {
    const clock = new FakeClock();
    const tools: StuckTool[] = [];
    const errors: string[] = [];
    const provider = new NvidiaProvider(
      {
        findTool: () => Promise.resolve('/usr/bin/nvidia-smi'),
        pciFingerprint: () => undefined,
        hasCard: () => true,
        processName: () => undefined,
        probeMs: 1_000,
        startTool: (_file, _args, handlers) => {
          const tool = new StuckTool(handlers);
          tools.push(tool);
          return tool;
        },
      },
      clock,
      () => 0,
      {
        onReading: () => undefined,
        onError: (message) => errors.push(message),
        onRecovered: () => undefined,
      },
    );
    provider.start(1_000);
    await clock.advance(3_600_000);
    assert.equal(tools.length, 1);
    assert.match(errors[0]!, /no figures for 20 s/);
    assert.match(errors.at(-1)!, /does not go away/);
    assert.deepEqual(provider.read(), []);
    provider.start(2_000);
    provider.suspend();
    provider.start(1_000);
    await clock.advance(10_000);
    assert.equal(tools.length, 1, 'another interval starts no other either');

    tools[0]!.leave();
    await settle();
    assert.equal(tools.length, 2);
    provider.dispose();
    assert.equal(clock.pendingTimers, 0, 'a timer survived');
  });
});
