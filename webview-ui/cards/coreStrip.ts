import { element, reconcile, setAttribute, setStyle } from '../dom';
import { formatPercent } from '../../src/shared/presentation/format';

/** How often the strip's text may change; see the charts' text. */
const textPeriodMs = 10_000;

/** More in a row could not be told apart in a narrow side bar. */
const maxCellsPerRow = 32;

/** One cell for each processor, the stronger the busier. */
export class CoreStrip {
  readonly element = element('div', { class: 'core-strip', attributes: { role: 'img' } });
  private readonly cells: { readonly element: HTMLElement }[] = [];
  private textAtMs = Number.NEGATIVE_INFINITY;

  update(cores: readonly number[]): void {
    reconcile(
      this.element,
      this.cells,
      cores,
      () => ({ element: element('span') }),
      (cell, percent) => {
        setStyle(cell.element, '--use', (Math.round(percent) / 100).toString());
      },
    );
    const rows = Math.ceil(cores.length / maxCellsPerRow);
    setStyle(this.element, '--columns', Math.ceil(cores.length / Math.max(1, rows)).toString());
    this.describe(cores);
  }

  private describe(cores: readonly number[]): void {
    const nowMs = performance.now();
    if (nowMs - this.textAtMs < textPeriodMs) return;
    this.textAtMs = nowMs;
    const busy = cores.filter((percent) => percent >= 50).length;
    const busiest = formatPercent(Math.max(0, ...cores));
    setAttribute(
      this.element,
      'aria-label',
      `${cores.length} cores: busiest ${busiest}, ${busy} at 50 % or more`,
    );
  }
}
