import { element, hiddenText, reconcile, setHidden, setText, setTitle } from '../dom';
import { type IconName, icon } from '../icons';
import type { Accent } from '../theme';
import type { Disclosure } from '../disclosure';
import { Figure } from './figure';

export interface CardOptions {
  /** Names the heading, which names the card's region. */
  readonly id: string;
  readonly title: string;
  readonly icon: IconName;
  readonly accent?: Accent;
}

/** What stands in a card's last line: short facts, apart from each other. */
export interface FooterItem {
  readonly text: string;
  readonly title?: string;
}

/** The frame that every card has: a heading with one large figure, a body, and a footer of small facts. */
export class Card {
  readonly element: HTMLElement;
  readonly figure = new Figure();
  readonly body = element('div', { class: 'card-body' });
  private readonly name = element('span', { class: 'card-name' });
  private readonly detail = element('span', { class: 'card-detail' });
  private readonly facts = element('ul');
  private readonly footer = element('div', { class: 'card-footer' }, this.facts);
  private readonly factRows: FooterRow[] = [];

  constructor({ id, title, icon: iconName, accent }: CardOptions) {
    const headingId = `${id}-heading`;
    const heading = element('h2', { attributes: { id: headingId } }, this.name, this.detail);
    this.name.textContent = title;
    this.detail.hidden = true;
    this.element = element(
      'section',
      { class: 'card', attributes: { 'aria-labelledby': headingId } },
      element('div', { class: 'card-header' }, icon(iconName), heading, this.figure.element),
      this.body,
      this.footer,
    );
    if (accent) this.element.dataset['accent'] = accent;
  }

  /** The heading: a name, and what tells this card apart from its like, such as a device's model. */
  setTitle(name: string, detail: string): void {
    setText(this.name, name);
    setText(this.detail, detail);
    setHidden(this.detail, detail === '');
    setTitle(this.detail, detail);
  }

  setFooter(items: readonly FooterItem[]): void {
    reconcile(
      this.facts,
      this.factRows,
      items,
      () => new FooterRow(),
      (row, item) => {
        row.update(item);
      },
    );
    setHidden(this.facts, items.length === 0);
  }

  /** Puts a disclosure's button before the footer's facts, and what it unfolds below them. */
  addDisclosure({ button, content }: Disclosure): void {
    this.footer.prepend(button);
    this.element.append(content);
  }
}

class FooterRow {
  readonly element = element('li');
  private readonly text = element('span');
  private readonly note = hiddenText();

  constructor() {
    this.element.append(this.text, this.note);
  }

  update({ text, title }: FooterItem): void {
    setText(this.text, text);
    setText(this.note, title ? ` (${title})` : '');
    setTitle(this.element, title);
  }
}
