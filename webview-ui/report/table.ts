import { absentSign } from '../../src/shared/presentation/absence';
import { element, hiddenText } from '../dom';

/**
 * A table whose cells narrow pages stack. That must not take away what it is to a screen reader: hence the roles.
 */
export class Table {
  readonly rows = element('tbody', { attributes: { role: 'rowgroup' } });
  readonly element: HTMLTableElement;

  constructor(
    caption: string,
    name: string,
    private readonly columns: readonly string[],
  ) {
    const heads = columns.map((text) =>
      element('th', { text, attributes: { scope: 'col', role: 'columnheader' } }),
    );
    this.element = element(
      'table',
      { class: `table ${name}`, attributes: { role: 'table' } },
      element('caption', { class: 'visually-hidden', text: caption }),
      element(
        'thead',
        { attributes: { role: 'rowgroup' } },
        element('tr', { attributes: { role: 'row' } }, ...heads),
      ),
      this.rows,
    );
  }

  /** Makes a row, which its first cell names. A cell without anything in it says so. */
  row(...cells: readonly (readonly Node[])[]): HTMLTableRowElement {
    const [head = [], ...rest] = cells;
    return element(
      'tr',
      { attributes: { role: 'row' } },
      element('th', { attributes: { scope: 'row', role: 'rowheader' } }, ...head),
      ...rest.map((nodes, position) => this.cell(nodes, this.columns[position + 1] ?? '')),
    );
  }

  private cell(nodes: readonly Node[], column: string): HTMLElement {
    const cell = element('td', { attributes: { role: 'cell' } }, ...nodes);
    cell.dataset['column'] = column;
    if (nodes.length === 0) {
      cell.dataset['absent'] = 'true';
      cell.append(element('span', { class: 'quiet', text: absentSign }), hiddenText(' none'));
    }
    return cell;
  }
}
