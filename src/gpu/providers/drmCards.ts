import type { Disposable } from '../../shared/disposable';
import { listFolder, readText } from './sysfsFile';

/** A graphics card as the kernel's Direct Rendering Manager lists it. */
export interface DrmCard {
  /** `card0`; the kernel may give the number to another card later. */
  readonly node: string;
  /** `/sys/class/drm/card0` */
  readonly path: string;
  /** `/sys/class/drm/card0/device` */
  readonly devicePath: string;
  /** Address on the bus, `0000:03:00.0`. */
  readonly address: string;
  readonly driver: string;
  /** Four hexadecimal digits. */
  readonly vendorId: string;
  readonly deviceId: string;
}

/** Cards by DRM node; none where the folder does not exist. Connectors and render nodes are left out. */
function listDrmCards(drmRoot: string): readonly DrmCard[] {
  return listFolder(drmRoot)
    .filter((name) => /^card\d+$/.test(name))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .map((node) => cardAt(drmRoot, node))
    .filter((card) => card !== undefined);
}

function cardAt(drmRoot: string, node: string): DrmCard | undefined {
  const path = `${drmRoot}/${node}`;
  const devicePath = `${path}/device`;
  // Cards without these are no PCI devices: virtual displays, or the graphics of a system on a chip.
  const uevent = readText(`${devicePath}/uevent`);
  const vendorId = readText(`${devicePath}/vendor`)?.replace(/^0x/, '');
  const address = uevent && /^PCI_SLOT_NAME=(.+)$/m.exec(uevent)?.[1];
  if (!address || vendorId === undefined) return undefined;
  return {
    node,
    path,
    devicePath,
    address,
    driver: /^DRIVER=(.+)$/m.exec(uevent)?.[1] ?? '',
    vendorId: vendorId.toLowerCase(),
    deviceId: (readText(`${devicePath}/device`) ?? '').replace(/^0x/, '').toLowerCase(),
  };
}

/** Keeps something open for each card, and follows cards that come and go. */
export class CardFollower<T extends Disposable> implements Disposable {
  private names: string | undefined;
  private cards: { readonly card: DrmCard; readonly state: T }[] = [];

  constructor(
    private readonly drmRoot: string,
    private readonly wants: (card: DrmCard) => boolean,
    private readonly open: (card: DrmCard) => T,
  ) {}

  /** Costs one listing of the folder while nothing changes. */
  current(): readonly T[] {
    const names = listFolder(this.drmRoot).join(' ');
    if (names !== this.names) {
      this.names = names;
      this.follow();
    }
    return this.cards.map(({ state }) => state);
  }

  /** Looks at every card anew with the next call, as after one of them no longer answers. */
  forget(): void {
    this.names = undefined;
    for (const { state } of this.cards) state.dispose();
    this.cards = [];
  }

  dispose(): void {
    this.forget();
  }

  private follow(): void {
    const before = this.cards;
    this.cards = listDrmCards(this.drmRoot)
      .filter((card) => this.wants(card))
      .map(
        (card) =>
          before.find((other) => other.card.node === card.node && other.card.address === card.address) ?? {
            card,
            state: this.open(card),
          },
      );
    for (const entry of before) if (!this.cards.includes(entry)) entry.state.dispose();
  }
}
