import assert from 'node:assert/strict';
import { AmdProvider } from '../../../src/gpu/providers/amd';
import { IntelProvider } from '../../../src/gpu/providers/intel';
import { LinuxCardsProvider } from '../../../src/gpu/providers/linuxCards';
import { PciNames } from '../../../src/gpu/providers/pciNames';
import { type GpuDevice, gpuMetricNames } from '../../../src/shared/gpu/gpu';
import { FakeClock } from '../support/fakeClock';
import { fixturePath, MachineFolder } from './support/gpuFixtures';

/** Values by name; for what is absent, the reason. */
function flat(device: GpuDevice): Record<string, number | string> {
  return Object.fromEntries(
    gpuMetricNames.map((name) => {
      const metric = device.metrics[name];
      return [name, metric.status === 'ok' ? metric.value : metric.status];
    }),
  );
}

describe('providers that read sysfs', () => {
  let machine: MachineFolder;
  let names: PciNames;
  let clock: FakeClock;
  let amd: AmdProvider;
  let intel: IntelProvider;

  beforeEach(() => {
    machine = new MachineFolder();
    names = new PciNames(['/nonexistent/pci.ids', fixturePath('pci.ids')]);
    clock = new FakeClock();
    amd = new AmdProvider(machine.drmRoot, names);
    intel = new IntelProvider(machine.drmRoot, names, clock);
  });

  afterEach(() => {
    amd.dispose();
    intel.dispose();
    machine.dispose();
  });

  it('have no card without the folder', () => {
    assert.deepEqual(amd.read(), []);
    assert.deepEqual(intel.read(), []);
  });

  it('read a Radeon, with the link at the slot instead of the one inside the card', () => {
    machine.plugIn('amdgpu-navi31.json');
    const [card, ...others] = amd.read();
    assert.equal(others.length, 0, 'connectors and render nodes are no cards');
    assert.equal(card?.id, '0000:03:00.0');
    assert.equal(card.name, 'AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M');
    assert.deepEqual(flat(card), {
      utilizationPercent: 42,
      memoryUsedMB: 3072,
      memoryTotalMB: 24560,
      temperatureC: 57,
      powerW: 287,
      powerLimitW: 339,
      fanPercent: 40,
      graphicsClockMHz: 2482,
      memoryClockMHz: 1249,
      encoderPercent: 'unsupported',
      decoderPercent: 'unsupported',
      pcieGeneration: 4,
      pcieWidth: 8,
    });
    assert.deepEqual(intel.read(), []);
  });

  it('read the graphics inside a processor, which lacks much', () => {
    machine.plugIn('amdgpu-apu.json');
    const card = amd.read()[0]!;
    assert.deepEqual(flat(card), {
      utilizationPercent: 5,
      memoryUsedMB: 384,
      memoryTotalMB: 512,
      temperatureC: 44,
      powerW: 11,
      powerLimitW: 'unsupported',
      fanPercent: 'unsupported',
      graphicsClockMHz: 800,
      memoryClockMHz: 'unsupported',
      encoderPercent: 'unsupported',
      decoderPercent: 'unsupported',
      pcieGeneration: 'unsupported',
      pcieWidth: 'unsupported',
    });
  });

  it('read anew each time, and say so when a file turns unreadable', () => {
    machine.plugIn('amdgpu-apu.json');
    amd.read();
    const device = 'devices/pci0000:00/0000:00:08.1/0000:c1:00.0';
    machine.write(`${device}/gpu_busy_percent`, '99\n');
    machine.write(`${device}/mem_info_vram_used`, 'garbage\n');
    const values = flat(amd.read()[0]!);
    assert.equal(values['utilizationPercent'], 99);
    assert.equal(values['memoryUsedMB'], 'unavailable');
  });

  it('do not wake a card that sleeps', () => {
    machine.plugIn('amdgpu-navi31.json');
    machine.write(
      'devices/pci0000:00/0000:00:01.1/0000:01:00.0/0000:02:00.0/0000:03:00.0/power/runtime_status',
      'suspended\n',
    );
    const values = flat(amd.read()[0]!);
    assert.equal(values['utilizationPercent'], 'unavailable');
    assert.equal(values['memoryTotalMB'], 'unavailable');
    assert.equal(values['encoderPercent'], 'unsupported');
  });

  it('read an Arc of i915: power from the energy counter, no limit, no utilisation made up', async () => {
    machine.plugIn('i915-dg2.json');
    const first = flat(intel.read()[0]!);
    assert.equal(first['powerW'], 'unavailable', 'the first power needs two readings');
    await clock.advance(2_000);
    machine.write('devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/0000:03:00.0/hwmon/hwmon5/energy1_input', '1090000000\n'); // prettier-ignore
    const card = intel.read()[0]!;
    assert.equal(card.name, 'Intel Arc A770');
    assert.deepEqual(flat(card), {
      utilizationPercent: 'unsupported',
      memoryUsedMB: 'unsupported',
      memoryTotalMB: 'unsupported',
      temperatureC: 'unsupported',
      powerW: 45,
      powerLimitW: 'unsupported',
      fanPercent: 'unsupported',
      graphicsClockMHz: 2400,
      memoryClockMHz: 'unsupported',
      encoderPercent: 'unsupported',
      decoderPercent: 'unsupported',
      pcieGeneration: 3,
      pcieWidth: 16,
    });
  });

  it('do not wake an Arc that sleeps, nor average its power over the sleep', async () => {
    machine.plugIn('i915-dg2.json');
    const card = 'devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/0000:03:00.0';
    intel.read();
    await clock.advance(2_000);
    machine.write(`${card}/power/runtime_status`, 'suspended\n');
    intel.suspend();
    const asleep = flat(intel.read()[0]!);
    assert.equal(asleep['powerW'], 'unavailable');
    assert.equal(asleep['graphicsClockMHz'], 'unavailable');
    assert.equal(asleep['memoryTotalMB'], 'unsupported');
    machine.write(`${card}/power/runtime_status`, 'active\n');
    await clock.advance(2_000);
    assert.equal(flat(intel.read()[0]!)['powerW'], 'unavailable', 'the first power needs two readings');
    assert.equal(flat(intel.read()[0]!)['graphicsClockMHz'], 2400);
    await clock.advance(2_000);
    machine.write(`${card}/hwmon/hwmon5/energy1_input`, '1090000000\n');
    assert.equal(flat(intel.read()[0]!)['powerW'], 45);
  });

  it('name cards that nobody reads, and nothing more, without a program', () => {
    machine.plugIn('amdgpu-navi31.json');
    machine.write('class/drm/card7/device/uevent', 'DRIVER=nouveau\nPCI_SLOT_NAME=0000:09:00.0\n');
    machine.write('class/drm/card7/device/vendor', '0x10de\n');
    machine.write('class/drm/card7/device/device', '0x2684\n');
    machine.write('class/drm/card8/device/uevent', 'DRIVER=ast\nPCI_SLOT_NAME=0000:0a:00.0\n');
    machine.write('class/drm/card8/device/vendor', '0x1a03\n');
    const last = new LinuxCardsProvider(machine.drmRoot, names);
    const cards = last.read(new Set());
    assert.deepEqual(
      cards.map(({ id, name, vendor }) => [id, name, vendor]),
      [
        ['0000:03:00.0', 'AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M', 'amd'],
        ['0000:09:00.0', 'NVIDIA GPU 2684', 'nvidia'],
      ],
    );
    for (const card of cards) assert.deepEqual(new Set(Object.values(flat(card))), new Set(['unsupported']));
    assert.equal(last.read(new Set(['nvidia'])).length, 1);
    last.dispose();
  });

  it('read an Arc of xe', () => {
    machine.plugIn('xe-battlemage.json');
    const card = intel.read()[0]!;
    assert.equal(card.name, 'Intel GPU e20b', 'a card newer than the list of names');
    const values = flat(card);
    assert.equal(values['memoryTotalMB'], 12272);
    assert.equal(values['temperatureC'], 52);
    assert.equal(values['powerLimitW'], 190);
    assert.equal(values['graphicsClockMHz'], 2850);
  });

  it('follow cards that are unplugged and plugged in again, and close what they had open', () => {
    machine.plugIn('amdgpu-navi31.json');
    assert.equal(amd.read().length, 1);
    machine.remove('class/drm/card1');
    assert.equal(amd.read().length, 0);
    machine.write('class/drm/card1', '-> ../../devices/pci0000:00/0000:00:01.1/0000:01:00.0/0000:02:00.0/0000:03:00.0/drm/card1'); // prettier-ignore
    assert.equal(amd.read()[0]?.id, '0000:03:00.0');
  });
});
