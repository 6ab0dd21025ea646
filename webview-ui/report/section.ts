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
      { class: 'section', attributes: { 'aria-labelledby': headingId } },
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
