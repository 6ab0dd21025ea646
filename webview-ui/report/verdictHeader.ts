import {
  reportHeadline,
  reportMeaning,
  reportSummary,
  reportTone,
} from '../../src/shared/presentation/reportTexts';
import type { ReportActionName } from '../../src/shared/protocol/report';
import type { ScanRecord } from '../../src/shared/scan/record';
import { element, setText } from '../dom';
import { icon, setIcon } from '../icons';
import { createToolkitButton } from '../toolkit';
import { copyButton, iconButton } from './copyButton';
import { outsideText } from './outsideText';
import type { ReportContext } from './reportContext';
import { toneIcons } from './tones';

/** Buttons beside the verdict, in their order; the others stand with what they are about. */
const headerActions = [
  'scanAgain',
  'markSafe',
  'unmarkSafe',
  'quarantine',
  'copySha256',
  'copyReport',
  'exportJson',
] as const;

const longestTarget = 300;

/** The verdict in words with its sign, what it is about, and what one can do about it. */
export class VerdictHeader {
  private readonly sign = icon('document');
  private readonly headline = element('h1');
  private readonly summary = element('p', { class: 'summary' });
  private readonly meaning = element('p', { class: 'meaning' });
  private readonly safe = element('p', { class: 'marked-safe' });
  private readonly target = element('div', { class: 'target' });
  private readonly actions = element('div', { class: 'actions' });
  private drawn = '';
  readonly element = element(
    'header',
    { class: 'verdict' },
    element('span', { class: 'verdict-sign' }, this.sign),
    element(
      'div',
      { class: 'verdict-words' },
      this.headline,
      this.summary,
      this.target,
      this.safe,
      this.meaning,
    ),
    this.actions,
  );

  constructor(private readonly context: ReportContext) {}

  update(record: ScanRecord, actions: readonly ReportActionName[]): void {
    const tone = reportTone(record);
    this.element.dataset['tone'] = tone;
    setIcon(this.sign, toneIcons[tone]);
    setText(this.headline, reportHeadline(record));
    setText(this.meaning, reportMeaning(record));
    const reason = record.details?.type === 'file' ? record.details.markedSafe : undefined;
    const summary = reportSummary(record);
    const state = JSON.stringify([summary, record.target, record.kind, reason, actions]);
    if (state === this.drawn) return;
    this.drawn = state;
    this.summary.replaceChildren(outsideText(summary));
    this.summary.hidden = summary === '';
    this.safe.hidden = reason === undefined;
    this.safe.replaceChildren(
      icon('check'),
      element('span', { text: 'Marked as safe: ' }),
      outsideText(reason ?? '', { longest: 300 }),
    );
    this.target.replaceChildren(...this.targetNodes(record, actions));
    this.actions.replaceChildren(...this.buttons(actions));
  }

  private targetNodes({ target, kind }: ScanRecord, offered: readonly ReportActionName[]): Node[] {
    const run = (name: ReportActionName) => (): void => {
      this.context.send({ type: 'action', name });
    };
    return [
      outsideText(target, { class: 'code', longest: longestTarget }),
      element(
        'span',
        { class: 'target-actions' },
        ...(offered.includes('copyTarget')
          ? [copyButton('target', kind === 'url' ? 'Copy link' : 'Copy target', run('copyTarget'))]
          : []),
        ...(offered.includes('openTarget')
          ? [iconButton('document', 'Open file', 'openTarget', run('openTarget'))]
          : []),
        ...(offered.includes('revealTarget')
          ? [iconButton('folder', 'Reveal in explorer', 'revealTarget', run('revealTarget'))]
          : []),
      ),
    ];
  }

  private buttons(offered: readonly ReportActionName[]): HTMLElement[] {
    const names = headerActions.filter((name) => offered.includes(name));
    return names.map((name) => {
      const label = labelOf(name);
      const button = createToolkitButton(name === 'scanAgain' ? 'primary' : 'secondary', label);
      button.textContent = label;
      button.dataset['key'] = `action-${name}`;
      button.addEventListener('click', () => {
        this.context.send({ type: 'action', name });
      });
      return button;
    });
  }
}

function labelOf(name: (typeof headerActions)[number]): string {
  switch (name) {
    case 'scanAgain':
      return 'Scan again';
    case 'markSafe':
      return 'Mark as safe…';
    case 'unmarkSafe':
      return 'Take back “safe”';
    case 'quarantine':
      return 'Move to quarantine…';
    case 'copySha256':
      return 'Copy SHA-256';
    case 'copyReport':
      return 'Copy report';
    case 'exportJson':
      return 'Export JSON…';
  }
}
