import { formatInteger } from '../../src/shared/presentation/format';
import { textPieces } from '../../src/shared/presentation/unseen';
import { element, hiddenText } from '../dom';

/** Markers are elements; a text made of nothing else must not become a page of them. */
const mostMarkers = 500;
/** How much of the end is shown of a text that is cut: it tells file names apart. */
const endShare = 0.25;

export interface OutsideTextOptions {
  readonly class?: string;
  /** In UTF-16 units; what is longer is cut until somebody asks for all of it. */
  readonly longest?: number;
  /** False where there is no room for all of it, and inside of buttons. */
  readonly expands?: boolean;
}

/**
 * Text from outside, letter by letter: nothing in it becomes markup, turns the direction of what surrounds it or
 * stays unseen, and however long it is, the page stays readable.
 */
export function outsideText(
  text: string,
  { class: name, longest = 400, expands = true }: OutsideTextOptions = {},
): HTMLElement {
  const content = element('span', { class: 'outside-text' });
  const holder = element('span', { ...(name === undefined ? {} : { class: name }) }, content);
  const showPart = (): void => {
    const [start, end] = cut(text, longest);
    content.replaceChildren(
      ...nodesOf(start),
      element('span', { class: 'cut', text: ' … ' }),
      ...nodesOf(end),
    );
  };
  if (text.length <= longest) {
    content.append(...nodesOf(text));
    return holder;
  }
  if (!expands) {
    showPart();
    return holder;
  }
  const toggle = element('button', { class: 'link show-all', attributes: { type: 'button' } });
  const draw = (whole: boolean): void => {
    if (whole) content.replaceChildren(...nodesOf(text));
    else showPart();
    toggle.setAttribute('aria-expanded', String(whole));
    toggle.textContent = whole ? 'Show less' : `Show all ${formatInteger(text.length)} characters`;
  };
  toggle.addEventListener('click', () => {
    draw(toggle.getAttribute('aria-expanded') !== 'true');
  });
  draw(false);
  holder.append(' ', toggle);
  return holder;
}

/** Beginning and end, without halving a character. */
function cut(text: string, longest: number): [string, string] {
  const endLength = Math.floor(longest * endShare);
  return [
    text.slice(0, boundary(text, longest - endLength)),
    text.slice(boundary(text, text.length - endLength)),
  ];
}

function boundary(text: string, index: number): number {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  const halves = before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
  return halves ? index - 1 : index;
}

function nodesOf(text: string): Node[] {
  const nodes: Node[] = [];
  let markers = 0;
  for (const run of runsOf(text)) {
    if (run.unseen === undefined || markers >= mostMarkers) {
      nodes.push(document.createTextNode(run.unseen === undefined ? run.text : `[${run.text}]`));
      continue;
    }
    markers += 1;
    const sign = run.count > 1 ? `${run.text} ×${run.count}` : run.text;
    const marker = element('span', {
      class: 'unseen',
      text: sign,
      title: `Unseen in the text: ${run.unseen}`,
    });
    marker.append(hiddenText(` (${run.unseen})`));
    nodes.push(marker);
  }
  return nodes;
}

interface Run {
  readonly text: string;
  readonly unseen: string | undefined;
  count: number;
}

/** The text's pieces, the same unseen character several times in a row as one. */
function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (const { text: piece, unseen } of textPieces(text)) {
    const last = runs.at(-1);
    if (unseen !== undefined && last?.unseen === unseen && last.text === piece) last.count += 1;
    else runs.push({ text: piece, unseen, count: 1 });
  }
  return runs;
}
