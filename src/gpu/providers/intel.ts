import type { Clock } from '../../shared/clock';
import type { Disposable } from '../../shared/disposable';
import type { GpuDevice, GpuMetric } from '../../shared/gpu/gpu';
import { CardFiles } from './cardFiles';
import { CardFollower, type DrmCard } from './drmCards';
import { measured, metricsWith, unavailable, unsupported } from './metrics';
import { marketName, type PciNames } from './pciNames';
import { PcieLink } from './pcieLink';
import type { GpuProvider } from './provider';
import { firstOf, hwmonOf, openAll, SysfsFile } from './sysfsFile';

/**
 * Intel graphics of the `i915` and `xe` drivers, from sysfs and its sensors. The drivers have no file for
 * utilisation or used memory: the time outside the sleep state RC6 would be a number, but counts a card that is
 * awake and idle as busy.
 */
export class IntelProvider extends CardFiles<IntelCard> implements GpuProvider {
  readonly name = 'intel';

  constructor(drmRoot: string, names: PciNames, clock: Clock) {
    super(
      new CardFollower(
        drmRoot,
        ({ driver }) => driver === 'i915' || driver === 'xe',
        (card) => new IntelCard(card, names, clock),
      ),
    );
  }

  read(): readonly GpuDevice[] {
    return this.cards.current().map((card) => card.read());
  }
}

const sensors = {
  energy: 'energy1_input',
  packageEnergy: 'energy2_input',
  powerLimit: 'power1_max',
  packagePowerLimit: 'power2_max',
  temperature: 'temp1_input',
  /** `xe` begins at 2: the package. */
  packageTemperature: 'temp2_input',
} as const;

class IntelCard implements Disposable {
  private readonly sensors: Record<keyof typeof sensors, SysfsFile>;
  private readonly clockFile: SysfsFile;
  private readonly memoryTotal: SysfsFile;
  private readonly runtimeStatus: SysfsFile;
  private readonly link: PcieLink;
  private readonly identity: Pick<GpuDevice, 'id' | 'name' | 'vendor'>;
  private lastEnergy: { readonly microjoules: number; readonly atMs: number } | undefined;

  constructor(
    { path, devicePath, vendorId, deviceId, address, driver }: DrmCard,
    names: PciNames,
    private readonly clock: Clock,
  ) {
    this.sensors = openAll(hwmonOf(devicePath) ?? `${devicePath}/hwmon`, sensors);
    this.clockFile =
      driver === 'xe'
        ? new SysfsFile(`${devicePath}/tile0/gt0/freq0/act_freq`)
        : existing(`${path}/gt/gt0/rps_act_freq_mhz`, `${path}/gt_act_freq_mhz`);
    this.memoryTotal = new SysfsFile(`${devicePath}/tile0/physical_vram_size_bytes`);
    this.runtimeStatus = new SysfsFile(`${devicePath}/power/runtime_status`);
    this.link = new PcieLink(devicePath, vendorId);
    const listed = names.deviceName(vendorId, deviceId);
    this.identity = {
      id: address,
      name: (listed === undefined ? `Intel GPU ${deviceId}` : `Intel ${marketName(listed)}`).slice(0, 256),
      vendor: 'intel',
    };
  }

  read(): GpuDevice {
    const { sensors, link } = this;
    const status = this.runtimeStatus.read();
    // The driver wakes a sleeping card to read a register of it, again and again for as long as somebody looks.
    const asleep = 'text' in status && status.text === 'suspended';
    const figure = (file: SysfsFile, scale = 1, digits = 1): GpuMetric => {
      if (!asleep) return file.metric(scale, digits);
      return file.exists ? unavailable : unsupported;
    };
    const limit = figure(firstOf(sensors.powerLimit, sensors.packagePowerLimit), 1e-6);
    return {
      ...this.identity,
      metrics: metricsWith({
        memoryTotalMB: figure(this.memoryTotal, 1 / (1024 * 1024)),
        temperatureC: figure(firstOf(sensors.temperature, sensors.packageTemperature), 1 / 1_000),
        powerW: this.power(figure(firstOf(sensors.energy, sensors.packageEnergy))),
        // By the driver's documentation 0 says that there is no limit.
        powerLimitW: limit.status === 'ok' && limit.value === 0 ? unsupported : limit,
        graphicsClockMHz: figure(this.clockFile, 1, 0),
        pcieGeneration: link.generation(),
        pcieWidth: link.lanes(),
      }),
    };
  }

  dispose(): void {
    for (const file of [...Object.values(this.sensors), this.clockFile, this.memoryTotal, this.runtimeStatus])
      file.dispose();
    this.link.dispose();
  }

  /** Power is what the energy counter rose by, over the time that has passed: it needs two readings. */
  private power(energy: GpuMetric): GpuMetric {
    if (energy.status !== 'ok') {
      // What a card used on the average of its sleep and its waking is not what it uses now.
      this.lastEnergy = undefined;
      return energy;
    }
    const now = { microjoules: energy.value, atMs: this.clock.monotonicMs() };
    const before = this.lastEnergy;
    this.lastEnergy = now;
    if (before === undefined || now.atMs <= before.atMs || now.microjoules < before.microjoules)
      return unavailable;
    return measured((now.microjoules - before.microjoules) / 1_000 / (now.atMs - before.atMs));
  }
}

function existing(path: string, other: string): SysfsFile {
  const file = new SysfsFile(path);
  if (file.exists) return file;
  file.dispose();
  return new SysfsFile(other);
}
