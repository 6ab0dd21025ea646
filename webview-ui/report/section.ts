import { element } from '../dom';

/** A part of the report under its own heading, drawn anew only when what it shows has changed. */
export class Section {
  readonly element: HTMLElement;
  private readonly body = element('div', { class: 'section-body' });
  private readonly heading: HTMLElement;
  private drawn: string | undefined;

  constructor(id: string, title: string) {
    const headingId = `${id}-heading`;
    this.heading = element('h2', { text: title, attributes: { id: headingId } });
    this.element = element(
      'section',
      { class: `section ${id}`, attributes: { 'aria-labelledby': headingId } },
      this.heading,
      this.body,
    );
    this.element.hidden = true;
  }

  /**
   * @param content what the section shows, by which a change is noticed; undefined hides it
   * @param build makes its nodes
   */
  update<T>(content: T | undefined, build: (content: T) => readonly Node[], title?: string): void {
    this.element.hidden = content === undefined;
    if (title !== undefined && this.heading.textContent !== title) this.heading.textContent = title;
    const state = content === undefined ? undefined : JSON.stringify(content);
    if (state === this.drawn) return;
    this.drawn = state;
    this.body.replaceChildren(...(content === undefined ? [] : build(content)));
  }
}

/** A column of a table, by its heading. */
export function tableOf(
  caption: string,
  name: string,
  columns: readonly string[],
): { readonly table: HTMLTableElement; readonly rows: HTMLTableSectionElement } {
  // Narrow pages stack the cells, which must not take away what the table is to a screen reader: hence the roles.
  const heads = columns.map((text) =>
    element('th', { text, attributes: { scope: 'col', role: 'columnheader' } }),
  );
  const rows = element('tbody', { attributes: { role: 'rowgroup' } });
  const table = element(
    'table',
    { class: `table ${name}`, attributes: { role: 'table' } },
    element('caption', { class: 'visually-hidden', text: caption }),
    element(
      'thead',
      { attributes: { role: 'rowgroup' } },
      element('tr', { attributes: { role: 'row' } }, ...heads),
    ),
    rows,
  );
  return { table, rows };
}

/** A row of `tableOf`: its first cell names it. */
export function tableRow(...cells: readonly (readonly Node[])[]): HTMLTableRowElement {
  const [head = [], ...rest] = cells;
  return element(
    'tr',
    { attributes: { role: 'row' } },
    element('th', { attributes: { scope: 'row', role: 'rowheader' } }, ...head),
    ...rest.map((nodes) => element('td', { attributes: { role: 'cell' } }, ...nodes)),
  );
}
