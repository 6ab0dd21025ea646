import type { Disposable } from '../../shared/disposable';
import type { GpuDevice } from '../../shared/gpu/gpu';
import { CardFiles } from './cardFiles';
import { CardFollower, type DrmCard } from './drmCards';
import { metricsWith } from './metrics';
import { marketName, type PciNames } from './pciNames';
import type { GpuProvider } from './provider';

const vendorsById = new Map<string, { readonly vendor: GpuDevice['vendor']; readonly label: string }>([
  ['10de', { vendor: 'nvidia', label: 'NVIDIA' }],
  ['1002', { vendor: 'amd', label: 'AMD' }],
  ['8086', { vendor: 'intel', label: 'Intel' }],
]);

/**
 * The last resort on Linux: that a card is there, and its name, from the kernel's list of cards. It starts no
 * program, so that nothing about it can hang. The kernel does not tell the memory of a card whose driver it does
 * not know: the size of its window on the bus is another number.
 */
export class LinuxCardsProvider extends CardFiles<NamedCard> implements GpuProvider {
  readonly name = 'systeminformation';
  readonly isLastResort = true;

  constructor(drmRoot: string, names: PciNames) {
    super(
      new CardFollower(
        drmRoot,
        // Displays of virtual machines and of server consoles are no graphics processors.
        ({ vendorId }) => vendorsById.has(vendorId),
        (card) => new NamedCard(card, names),
      ),
    );
  }

  read(reported: ReadonlySet<GpuDevice['vendor']>): readonly GpuDevice[] {
    return (
      this.cards
        .current()
        .map(({ device }) => device)
        // Other vendors' cards go by the same address with every provider, which tells that they are the same.
        .filter(({ vendor }) => vendor !== 'nvidia' || !reported.has(vendor))
    );
  }
}

class NamedCard implements Disposable {
  readonly device: GpuDevice;

  constructor({ address, vendorId, deviceId }: DrmCard, names: PciNames) {
    const { vendor, label } = vendorsById.get(vendorId) ?? { vendor: 'unknown' as const, label: 'Unknown' };
    const listed = names.deviceName(vendorId, deviceId);
    this.device = {
      id: address,
      name: (listed === undefined ? `${label} GPU ${deviceId}` : `${label} ${marketName(listed)}`).slice(
        0,
        256,
      ),
      vendor,
      metrics: metricsWith({}),
    };
  }

  dispose(): void {
    // Nothing is open.
  }
}
