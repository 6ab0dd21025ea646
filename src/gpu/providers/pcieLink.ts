import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Disposable } from '../../shared/disposable';
import type { GpuMetric } from '../../shared/gpu/gpu';
import { measured, unsupported } from './metrics';
import { readText, SysfsFile } from './sysfsFile';

/** GT/s of each PCIe generation. */
const generations = new Map([
  [2.5, 1],
  [5, 2],
  [8, 3],
  [16, 4],
  [32, 5],
  [64, 6],
]);

/**
 * The link between a card and the machine. Many cards carry a switch of their own, and what the graphics
 * processor itself reports is then the link inside the card: the bridges of the card's own vendor are climbed
 * to the one that stands at the slot.
 */
export class PcieLink implements Disposable {
  private readonly speed: SysfsFile;
  private readonly width: SysfsFile;

  constructor(devicePath: string, vendorId: string) {
    const port = slotPort(devicePath, vendorId);
    this.speed = new SysfsFile(`${port}/current_link_speed`);
    this.width = new SysfsFile(`${port}/current_link_width`);
  }

  /** `Unknown` of a device that is part of the processor is unsupported. */
  generation(): GpuMetric {
    const content = this.speed.read();
    if ('absent' in content) return content.absent;
    const generation = generations.get(Number.parseFloat(content.text));
    return generation === undefined ? unsupported : measured(generation);
  }

  lanes(): GpuMetric {
    const metric = this.width.metric();
    // No link has 0 or 255 lanes: so do devices answer that have none.
    return metric.status === 'ok' && (metric.value < 1 || metric.value > 32) ? unsupported : metric;
  }

  dispose(): void {
    this.speed.dispose();
    this.width.dispose();
  }
}

function slotPort(devicePath: string, vendorId: string): string {
  let port: string;
  try {
    port = realpathSync(devicePath);
  } catch {
    return devicePath;
  }
  for (;;) {
    const parent = path.dirname(port);
    const isBridge = readText(`${parent}/class`)?.startsWith('0x0604') === true;
    if (!isBridge || readText(`${parent}/vendor`)?.replace(/^0x/, '').toLowerCase() !== vendorId) return port;
    port = parent;
  }
}
