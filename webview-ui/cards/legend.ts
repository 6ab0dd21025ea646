import { absentSign } from '../../src/shared/presentation/absence';
import { element, hiddenText, setText, setTitle } from '../dom';

/** Says which line is which and what it shows now; the sample of the line tells them apart without colour. */
export class Legend {
  readonly element = element('ul', { class: 'legend' });
  private readonly entries: LegendEntry[];

  constructor(lines: readonly { readonly name: string; readonly dashed?: boolean }[]) {
    this.entries = lines.map((line) => new LegendEntry(line));
    this.element.append(...this.entries.map((entry) => entry.element));
  }

  /** @param values one for each line: its text, or why there is none */
  update(values: readonly ({ readonly text: string } | { readonly absence: string })[]): void {
    values.forEach((value, index) => this.entries[index]?.update(value));
  }
}

class LegendEntry {
  private readonly value = element('span', { class: 'legend-value' });
  private readonly note = hiddenText();
  readonly element: HTMLElement;

  constructor({ name, dashed }: { readonly name: string; readonly dashed?: boolean }) {
    const sample = element('span', { class: dashed ? 'legend-line legend-dashed' : 'legend-line' });
    this.element = element('li', {}, sample, element('span', { text: name }), this.value, this.note);
  }

  update(value: { readonly text: string } | { readonly absence: string }): void {
    const absence = 'absence' in value ? value.absence : '';
    setText(this.value, 'text' in value ? value.text : absentSign);
    setText(this.note, absence ? ` ${absence}` : '');
    setTitle(this.element, absence);
  }
}

/** A legend's entry for a rate that may be missing. */
export function legendValue(
  amount: number | undefined,
  format: (amount: number) => string,
  absence: string,
): { readonly text: string } | { readonly absence: string } {
  return amount === undefined ? { absence } : { text: format(amount) };
}
