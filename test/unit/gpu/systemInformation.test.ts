import assert from 'node:assert/strict';
import {
  type GraphicsController,
  SystemInformationProvider,
} from '../../../src/gpu/providers/systemInformation';
import { settle } from '../support/fakeClock';

describe('SystemInformationProvider', () => {
  let loads: number;
  let errors: string[];
  let readings: number;

  beforeEach(() => {
    loads = 0;
    errors = [];
    readings = 0;
  });

  function provider(
    load: () => Promise<readonly GraphicsController[]>,
    needed = true,
  ): SystemInformationProvider {
    return new SystemInformationProvider(
      () => needed,
      () => {
        loads += 1;
        return load();
      },
      {
        onReading: () => (readings += 1),
        onError: (message) => errors.push(message),
        onRecovered: () => undefined,
      },
    );
  }

  it('gives name and memory of real cards, asked once, and invents nothing', async () => {
    const last = provider(() =>
      Promise.resolve([
        {
          vendor: 'Advanced Micro Devices, Inc.',
          model: 'AMD Radeon RX 6600',
          vram: 8176,
          vramDynamic: false,
        },
        { vendor: 'Intel Corporation', model: 'Intel(R) UHD Graphics 770', vram: 0, vramDynamic: true },
        { vendor: 'Microsoft', model: 'Microsoft Basic Display Adapter', vram: 0 },
        { vendor: 'NVIDIA', model: 'GeForce GTX 1650', vram: 4096, busAddress: '01:00.0' },
      ]),
    );
    assert.equal(last.read(new Set()), undefined);
    await settle();
    assert.equal(readings, 1);
    const cards = last.read(new Set(['nvidia'] as const))!;
    assert.deepEqual(
      cards.map(({ name, vendor }) => [name, vendor]),
      [
        ['AMD Radeon RX 6600', 'amd'],
        ['Intel(R) UHD Graphics 770', 'intel'],
      ],
    );
    assert.deepEqual(cards[0]?.metrics.memoryTotalMB, { status: 'ok', value: 8176 });
    assert.deepEqual(cards[1]?.metrics.memoryTotalMB, { status: 'unsupported' });
    assert.deepEqual(cards[0].metrics.utilizationPercent, { status: 'unsupported' });
    assert.equal(loads, 1);
  });

  it('takes no number for the memory that cannot be it', async () => {
    const sizes = [4_096, 4_095, 4_095.999, -1, 1e9, 2_048];
    const last = provider(() => Promise.resolve(sizes.map((vram) => ({ model: `Card of ${vram}`, vram }))));
    last.read(new Set());
    await settle();
    assert.deepEqual(
      last
        .read(new Set())
        ?.map(({ metrics: { memoryTotalMB } }) =>
          memoryTotalMB.status === 'ok' ? memoryTotalMB.value : memoryTotalMB.status,
        ),
      [4_096, 'unsupported', 'unsupported', 'unsupported', 'unsupported', 2_048],
    );
  });

  it('is not loaded where it is not needed', () => {
    const last = provider(() => Promise.reject(new Error('loaded')), false);
    assert.deepEqual(last.read(new Set()), []);
    assert.equal(loads, 0);
  });

  it('says why it failed and has no card then', async () => {
    const last = provider(() => Promise.reject(new Error('no PowerShell')));
    last.read(new Set());
    await settle();
    assert.deepEqual(errors, ['no PowerShell']);
    assert.deepEqual(last.read(new Set()), []);
  });
});
