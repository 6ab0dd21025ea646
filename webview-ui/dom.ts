/** What an element starts with: attributes by name; `class` and `text` are the frequent ones. */
export interface ElementOptions {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Creates an element. Text always goes in as text, never as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  options: ElementOptions = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const created = document.createElement(tag);
  if (options.class !== undefined) created.className = options.class;
  if (options.text !== undefined) created.textContent = options.text;
  if (options.title !== undefined) created.title = options.title;
  for (const [name, value] of Object.entries(options.attributes ?? {})) created.setAttribute(name, value);
  created.append(...children);
  return created;
}

/** Text that only a screen reader tells. */
export function hiddenText(text = ''): HTMLSpanElement {
  return element('span', { class: 'visually-hidden', text });
}

// The setters below touch the document only on a real change: most figures stay the same from tick to tick, and
// an untouched node costs neither style nor layout.

export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** An empty or missing title is taken away, so that no empty tooltip appears. */
export function setTitle(target: HTMLElement, title: string | undefined): void {
  if (title) {
    if (target.title !== title) target.title = title;
  } else if (target.hasAttribute('title')) {
    target.removeAttribute('title');
  }
}

export function setAttribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

export function setHidden(target: HTMLElement, hidden: boolean): void {
  if (target.hidden !== hidden) target.hidden = hidden;
}

export function setStyle(target: HTMLElement, property: string, value: string): void {
  if (target.style.getPropertyValue(property) !== value) target.style.setProperty(property, value);
}

/**
 * Keeps one child for each item, in order: a row that exists is updated, missing ones are made, the rest removed.
 */
export function reconcile<T, R extends { readonly element: Element }>(
  parent: Element,
  rows: R[],
  items: readonly T[],
  create: () => R,
  update: (row: R, item: T) => void,
): void {
  items.forEach((item, index) => {
    let row = rows[index];
    if (!row) {
      row = create();
      rows.push(row);
      parent.append(row.element);
    }
    update(row, item);
  });
  for (const row of rows.splice(items.length)) row.element.remove();
}
