import type { CopiedThing } from '../../src/shared/protocol/report';
import { element, setAttribute } from '../dom';
import { icon, setIcon } from '../icons';

const confirmedMs = 2_000;

/** A small button that asks for something to be copied, and says so when it was. */
export function copyButton(what: CopiedThing, label: string, ask: () => void): HTMLButtonElement {
  const button = iconButton('copy', label, `copy-${what}`, ask);
  button.dataset['copies'] = what;
  return button;
}

export function iconButton(
  name: Parameters<typeof icon>[0],
  label: string,
  key: string,
  run: () => void,
): HTMLButtonElement {
  const button = element(
    'button',
    {
      class: 'icon-button',
      title: label,
      attributes: { type: 'button', 'aria-label': label, 'data-key': key },
    },
    icon(name),
  );
  button.addEventListener('click', run);
  return button;
}

/** Shows for a moment, at every button that asks for it, that something is in the clipboard. */
export function confirmCopied(root: ParentNode, what: CopiedThing): void {
  for (const button of root.querySelectorAll<HTMLElement>(`[data-copies="${what}"]`)) {
    const sign = button.querySelector('svg');
    if (!sign) continue;
    setAttribute(button, 'data-copied', 'true');
    setIcon(sign, 'check');
    setTimeout(() => {
      button.removeAttribute('data-copied');
      setIcon(sign, 'copy');
    }, confirmedMs);
  }
}
