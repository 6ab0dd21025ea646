import type { Disposable } from '../../shared/disposable';
import type { GpuDevice, GpuMetric } from '../../shared/gpu/gpu';
import { CardFiles } from './cardFiles';
import { CardFollower, type DrmCard } from './drmCards';
import { metricsWith, unavailable, unsupported } from './metrics';
import { marketName, type PciNames } from './pciNames';
import { PcieLink } from './pcieLink';
import type { GpuProvider } from './provider';
import { firstOf, hwmonOf, openAll, readText, type SysfsFile } from './sysfsFile';

/**
 * AMD cards of the `amdgpu` driver, from sysfs and its sensors. The driver has no files for the encoder and the
 * decoder, and tells fan speed as the strength that it is driven with (0–255).
 */
export class AmdProvider extends CardFiles<AmdCard> implements GpuProvider {
  readonly name = 'amd';

  constructor(drmRoot: string, names: PciNames) {
    super(
      new CardFollower(
        drmRoot,
        ({ driver }) => driver === 'amdgpu',
        (card) => new AmdCard(card, names),
      ),
    );
  }

  read(): readonly GpuDevice[] {
    return this.cards.current().map((card) => card.read());
  }
}

/** Files of a card; those that a card lacks are unsupported figures. */
const files = {
  busy: 'gpu_busy_percent',
  vramUsed: 'mem_info_vram_used',
  vramTotal: 'mem_info_vram_total',
  runtimeStatus: 'power/runtime_status',
} as const;

const sensors = {
  edgeTemperature: 'temp1_input',
  /** Accelerators without a display have no edge sensor. */
  junctionTemperature: 'temp2_input',
  averagePower: 'power1_average',
  inputPower: 'power1_input',
  powerCap: 'power1_cap',
  fan: 'pwm1',
  graphicsClock: 'freq1_input',
  memoryClock: 'freq2_input',
} as const;

class AmdCard implements Disposable {
  private readonly files: Record<keyof typeof files | keyof typeof sensors, SysfsFile>;
  private readonly link: PcieLink;
  private readonly identity: Pick<GpuDevice, 'id' | 'name' | 'vendor'>;

  constructor({ devicePath, vendorId, deviceId, address }: DrmCard, names: PciNames) {
    this.files = {
      ...openAll(devicePath, files),
      ...openAll(hwmonOf(devicePath) ?? `${devicePath}/hwmon`, sensors),
    };
    this.link = new PcieLink(devicePath, vendorId);
    const listed = names.deviceName(vendorId, deviceId);
    const fallback = listed === undefined ? `AMD GPU ${deviceId}` : `AMD ${marketName(listed)}`;
    // The file exists on every card and is empty on most.
    const productName = readText(`${devicePath}/product_name`) ?? '';
    this.identity = {
      id: address,
      name: (productName === '' ? fallback : productName).slice(0, 256),
      vendor: 'amd',
    };
  }

  read(): GpuDevice {
    const { files, link } = this;
    const status = files.runtimeStatus.read();
    // Reading a figure would wake a sleeping card, and drain the battery for as long as somebody looks.
    const asleep = 'text' in status && status.text === 'suspended';
    const figure = (file: SysfsFile, scale = 1, digits = 1): GpuMetric => {
      if (!asleep) return file.metric(scale, digits);
      return file.exists ? unavailable : unsupported;
    };
    return {
      ...this.identity,
      metrics: metricsWith({
        utilizationPercent: figure(files.busy),
        memoryUsedMB: figure(files.vramUsed, 1 / (1024 * 1024)),
        memoryTotalMB: figure(files.vramTotal, 1 / (1024 * 1024)),
        temperatureC: figure(firstOf(files.edgeTemperature, files.junctionTemperature), 1 / 1_000),
        powerW: figure(firstOf(files.averagePower, files.inputPower), 1e-6),
        powerLimitW: figure(files.powerCap, 1e-6),
        fanPercent: figure(files.fan, 100 / 255, 0),
        graphicsClockMHz: figure(files.graphicsClock, 1e-6, 0),
        memoryClockMHz: figure(files.memoryClock, 1e-6, 0),
        pcieGeneration: link.generation(),
        pcieWidth: link.lanes(),
      }),
    };
  }

  dispose(): void {
    for (const file of Object.values(this.files)) file.dispose();
    this.link.dispose();
  }
}
