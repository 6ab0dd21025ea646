import { formatInteger } from '../../src/shared/presentation/format';
import { element } from '../dom';
import type { Memory } from './memory';

export interface BoundedListOptions<T> {
  /** Tells this list from the others of the page. */
  readonly key: string;
  readonly memory: Memory;
  readonly items: readonly T[];
  readonly atFirst: number;
  /** How many more each time. */
  readonly step: number;
  /** Where the rows go. */
  readonly holder: HTMLElement;
  readonly row: (item: T) => HTMLElement;
  /** What the items are, in the plural. */
  readonly noun: string;
}

/**
 * Fills a list with its first rows, and with more when somebody asks: a record may hold thousands.
 * @returns the button that asks; undefined where everything is there
 */
export function fillBounded<T>(options: BoundedListOptions<T>): HTMLElement | undefined {
  const { key, memory, items, atFirst, step, holder, row, noun } = options;
  let shown = 0;
  const showTo = (count: number): HTMLElement | undefined => {
    const rows = items.slice(shown, count).map(row);
    holder.append(...rows);
    shown = Math.min(count, items.length);
    return rows[0];
  };
  showTo(memory.shown(key, atFirst));
  if (shown >= items.length) return undefined;

  const more = element('button', {
    class: 'link more',
    attributes: { type: 'button', 'data-key': `more-${key}` },
  });
  const label = (): void => {
    const left = items.length - shown;
    const next = left <= step ? formatInteger(left) : `${formatInteger(step)} of ${formatInteger(left)}`;
    more.textContent = `Show ${next} more ${noun}`;
    more.hidden = left === 0;
  };
  more.addEventListener('click', () => {
    const first = showTo(shown + step);
    memory.setShown(key, shown);
    label();
    // Whoever came by keyboard goes on reading where the new rows begin.
    if (first) {
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
    }
  });
  label();
  return more;
}
