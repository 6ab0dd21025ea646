import { element, setAttribute, setHidden, setText } from './dom';
import { icon } from './icons';

/** A button that unfolds something. Where the button and what it unfolds stand is the card's business. */
export class Disclosure {
  private readonly label = element('span');
  readonly button: HTMLButtonElement;

  /**
   * @param content shown while open
   * @param onToggle asks for a change; the caller decides and calls `setOpen`
   */
  constructor(
    id: string,
    readonly content: HTMLElement,
    onToggle: (open: boolean) => void,
  ) {
    content.id = id;
    content.hidden = true;
    this.button = element(
      'button',
      { class: 'disclosure', attributes: { type: 'button', 'aria-expanded': 'false', 'aria-controls': id } },
      icon('chevron'),
      this.label,
    );
    this.button.addEventListener('click', () => {
      onToggle(this.button.getAttribute('aria-expanded') !== 'true');
    });
  }

  setLabel(label: string): void {
    setText(this.label, label);
  }

  setOpen(open: boolean): void {
    setAttribute(this.button, 'aria-expanded', String(open));
    setHidden(this.content, !open);
  }

  /** Takes button and content away, where there is nothing to unfold. */
  hide(): void {
    setHidden(this.button, true);
    setHidden(this.content, true);
  }

  show(): void {
    setHidden(this.button, false);
  }
}
