import { errorMessage } from '../../shared/errors';
import type { GpuDevice, GpuMetric } from '../../shared/gpu/gpu';
import { measured, metricsWith, unsupported } from './metrics';
import type { GpuProvider, GpuProviderEvents } from './provider';

/** What is used of a controller as `systeminformation` describes it. */
export interface GraphicsController {
  readonly vendor?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly bus?: string | null | undefined;
  readonly busAddress?: string | null | undefined;
  /** MB; 0 or absent where it is not known. */
  readonly vram?: number | null | undefined;
  readonly vramDynamic?: boolean | null | undefined;
  readonly driverVersion?: string | null | undefined;
}

/**
 * The last resort where the kernel has no list of cards: name and memory of those that no other provider knows,
 * asked once. The library starts programs of the system for it, so that nothing is asked where it is not needed.
 */
export class SystemInformationProvider implements GpuProvider {
  readonly name = 'systeminformation';
  readonly isLastResort = true;
  private devices: readonly GpuDevice[] | undefined;
  private decided = false;
  private readonly end = new AbortController();

  constructor(
    /** Whether there may be a card that nobody else reports; asked once. */
    private readonly isNeeded: (reported: ReadonlySet<GpuDevice['vendor']>) => boolean,
    private readonly loadControllers: (signal: AbortSignal) => Promise<readonly GraphicsController[]>,
    private readonly events: GpuProviderEvents,
  ) {}

  start(): void {
    // What it gives does not change while the machine runs.
  }

  suspend(): void {
    // What it runs is over in seconds by itself.
  }

  dispose(): void {
    this.end.abort();
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
    const { signal } = this.end;
    try {
      const controllers = await this.loadControllers(signal);
      if (signal.aborted) return;
      this.devices = controllers.filter(isCard).map(deviceOfController);
    } catch (error) {
      if (signal.aborted) return;
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

/** More than any card has: the number is something else. */
const maxMemoryMB = 1024 * 1024;

function memoryOf({ vram, vramDynamic }: GraphicsController): GpuMetric {
  if (!vram || vramDynamic || !(vram > 0 && vram <= maxMemoryMB)) return unsupported;
  // Windows counts in 32 bits where the driver tells nothing better: what is larger reads as just under 4 GB.
  return vram >= 4_095 && vram < 4_096 ? unsupported : measured(vram);
}

function vendorOf(names: string): GpuDevice['vendor'] {
  if (/nvidia/i.test(names)) return 'nvidia';
  if (/\bamd\b|advanced micro|radeon|\bati\b/i.test(names)) return 'amd';
  if (/intel/i.test(names)) return 'intel';
  if (/apple/i.test(names)) return 'apple';
  return 'unknown';
}
