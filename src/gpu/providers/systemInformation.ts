import { errorMessage } from '../../shared/errors';
import type { GpuDevice, GpuMetric } from '../../shared/gpu/gpu';
import { measured, metricsWith, unsupported } from './metrics';
import type { GpuProvider, GpuProviderEvents } from './provider';

/** What is used of a controller as `systeminformation` describes it. */
export interface GraphicsController {
  readonly vendor?: string | null;
  readonly model?: string | null;
  readonly bus?: string | null;
  readonly busAddress?: string | null;
  /** MB; 0 or absent where it is not known. */
  readonly vram?: number | null;
  readonly vramDynamic?: boolean | null;
  readonly driverVersion?: string | null;
}

/**
 * The last resort: name and memory of the cards that no other provider knows, asked once. The library starts
 * programs of the system for it, so that it is not even loaded where it is not needed.
 */
export class SystemInformationProvider implements GpuProvider {
  readonly name = 'systeminformation';
  readonly isLastResort = true;
  private devices: readonly GpuDevice[] | undefined;
  private decided = false;

  constructor(
    /** Whether there may be a card that nobody else reports; asked once. */
    private readonly isNeeded: (reported: ReadonlySet<GpuDevice['vendor']>) => boolean,
    private readonly loadControllers: () => Promise<readonly GraphicsController[]>,
    private readonly events: GpuProviderEvents,
  ) {}

  start(): void {
    // What it gives does not change while the machine runs.
  }

  suspend(): void {
    // Nothing runs.
  }

  dispose(): void {
    this.devices = [];
  }

  read(reported: ReadonlySet<GpuDevice['vendor']>): readonly GpuDevice[] | undefined {
    if (!this.decided) {
      this.decided = true;
      if (this.isNeeded(reported)) void this.ask();
      else this.devices = [];
    }
    return this.devices?.filter(({ vendor }) => !reported.has(vendor));
  }

  toolPids(): readonly number[] {
    return [];
  }

  private async ask(): Promise<void> {
    try {
      const controllers = await this.loadControllers();
      this.devices = controllers.filter(isCard).map(deviceOfController);
    } catch (error) {
      this.devices = [];
      this.events.onError(errorMessage(error));
    }
    this.events.onReading();
  }
}

/** Virtual displays of remote desktops and virtual machines have a controller and no graphics processor. */
function isCard({ model, vendor }: GraphicsController): boolean {
  const name = `${vendor ?? ''} ${model ?? ''}`.trim();
  return name !== '' && !/virtual|basic (?:display|render)|remote|mirage|parsec|vmware|qxl|bochs/i.test(name);
}

function deviceOfController(controller: GraphicsController, index: number): GpuDevice {
  const name = (controller.model ?? controller.vendor ?? 'GPU').slice(0, 256);
  const address = controller.busAddress ?? '';
  return {
    id: (address === '' ? `${name}-${index}` : address).slice(0, 256),
    name,
    vendor: vendorOf(`${controller.vendor ?? ''} ${name}`),
    ...(controller.driverVersion ? { driverVersion: controller.driverVersion.slice(0, 256) } : {}),
    metrics: metricsWith({ memoryTotalMB: memoryOf(controller) }),
  };
}

function memoryOf({ vram, vramDynamic }: GraphicsController): GpuMetric {
  return vram && !vramDynamic ? measured(vram) : unsupported;
}

function vendorOf(names: string): GpuDevice['vendor'] {
  if (/nvidia/i.test(names)) return 'nvidia';
  if (/\bamd\b|advanced micro|radeon|\bati\b/i.test(names)) return 'amd';
  if (/intel/i.test(names)) return 'intel';
  if (/apple/i.test(names)) return 'apple';
  return 'unknown';
}
