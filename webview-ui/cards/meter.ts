import { element, setStyle, setText, setTitle } from '../dom';
import { icon, setIcon } from '../icons';
import { type Level, levelText } from '../../src/shared/presentation/thresholds';

export interface MeterContent {
  readonly label: string;
  /** Shown where the label has no room. */
  readonly title?: string;
  /** 0–100; undefined draws no bar. */
  readonly percent: number | undefined;
  /** The figures in words, or why there are none. */
  readonly text: string;
  readonly level?: Level;
}

/** A labelled bar. The bar is decoration: the text beside it says the same. */
export class Meter {
  private readonly label = element('span', { class: 'meter-label' });
  private readonly fill = element('span', { class: 'meter-fill' });
  private readonly track = element(
    'span',
    { class: 'meter-track', attributes: { 'aria-hidden': 'true' } },
    this.fill,
  );
  private readonly mark = icon('warning');
  private readonly text = element('span');
  private readonly note = element('span', { class: 'visually-hidden' });
  readonly element: HTMLElement;

  /** @param tag `li` inside a list */
  constructor(tag: 'div' | 'li' = 'div') {
    const figures = element('span', { class: 'meter-text' }, this.mark, this.text, this.note);
    this.element = element(tag, { class: 'meter' }, this.label, this.track, figures);
  }

  update({ label, title, percent, text, level = 'normal' }: MeterContent): void {
    setText(this.label, label);
    setText(this.text, text);
    setTitle(this.element, [title ?? label, levelText(level)].filter(Boolean).join(' – '));
    setText(this.note, percent === undefined ? '' : `, ${Math.round(percent)} % used ${levelText(level)}`);
    const state = percent === undefined ? 'absent' : level;
    if (this.element.dataset['state'] !== state) this.element.dataset['state'] = state;
    setIcon(this.mark, level === 'error' ? 'error' : 'warning');
    setStyle(this.fill, 'width', `${Math.round((percent ?? 0) * 10) / 10}%`);
  }
}
