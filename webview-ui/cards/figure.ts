import { absentSign } from '../../src/shared/presentation/absence';
import { element, hiddenText, setHidden, setText, setTitle } from '../dom';
import { icon, setIcon } from '../icons';
import { type Level, levelText } from '../../src/shared/presentation/thresholds';

export interface FigureContent {
  readonly value: string;
  readonly unit?: string;
  /** What the number means where it is not plain from the card: `down`. */
  readonly meaning?: string;
  readonly level?: Level;
}

/** A card's large number. A level past a threshold shows as colour, as an icon and in words. */
export class Figure {
  private readonly mark = icon('warning');
  private readonly markHolder = element('span', { class: 'figure-mark' }, this.mark);
  private readonly value = element('span', { class: 'figure-value' });
  private readonly unit = element('span', { class: 'figure-unit' });
  private readonly note = hiddenText();
  readonly element = element('div', { class: 'figure' }, this.markHolder, this.value, this.unit, this.note);

  constructor() {
    this.markHolder.hidden = true;
  }

  show({ value, unit = '', meaning = '', level = 'normal' }: FigureContent): void {
    setText(this.value, value);
    setText(this.unit, unit);
    const words = levelText(level);
    setText(
      this.note,
      [meaning, words]
        .filter(Boolean)
        .map((text) => ` (${text})`)
        .join(''),
    );
    setTitle(this.element, words);
    setHidden(this.markHolder, level === 'normal');
    setIcon(this.mark, level === 'error' ? 'error' : 'warning');
    this.setState(level);
  }

  showAbsent(reason: string): void {
    setText(this.value, absentSign);
    setText(this.unit, '');
    setText(this.note, ` ${reason}`);
    setTitle(this.element, reason);
    setHidden(this.markHolder, true);
    this.setState('absent');
  }

  /** Takes the figure away, from a card that has none. */
  hide(): void {
    setHidden(this.element, true);
  }

  private setState(state: Level | 'absent'): void {
    if (this.element.dataset['state'] !== state) this.element.dataset['state'] = state;
  }
}
