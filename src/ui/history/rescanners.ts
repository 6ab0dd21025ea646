import type { ScanKind } from '../../shared/scan/record';

/** Scans a target once more, as if a person had chosen it anew. */
export type Rescan = (target: string) => unknown;

/** What can scan a target again, by its kind. Features that scan add themselves; a kind without one offers nothing. */
export class Rescanners {
  private readonly byKind = new Map<ScanKind, Rescan>();

  /** @throws Error where the kind has one already: two features would disagree about what a scan is */
  add(kind: ScanKind, rescan: Rescan): void {
    if (this.byKind.has(kind)) throw new Error(`There are two ways to scan a ${kind} again.`);
    this.byKind.set(kind, rescan);
  }

  has(kind: ScanKind): boolean {
    return this.byKind.has(kind);
  }

  /** @returns whether there was a way */
  async rescan({ kind, target }: { readonly kind: ScanKind; readonly target: string }): Promise<boolean> {
    const rescan = this.byKind.get(kind);
    await rescan?.(target);
    return rescan !== undefined;
  }
}
