import { reportHeadline } from '../../src/shared/presentation/reportTexts';
import type { CopiedThing, HostToReport, MissingReason } from '../../src/shared/protocol/report';
import { element, hiddenText, setText } from '../dom';
import { confirmCopied } from './copyButton';
import { EnginesSection } from './engines';
import { FactsSection } from './facts';
import { FindingsSections } from './findings';
import { FolderSections } from './folder';
import type { Memory } from './memory';
import { NetworkSection } from './network';
import type { ReportContext } from './reportContext';
import { VerdictHeader } from './verdictHeader';

const announceDelayMs = 100;

const copiedNames: Readonly<Record<CopiedThing, string>> = {
  target: 'the target',
  report: 'the report',
  sha256: 'SHA-256',
  sha1: 'SHA-1',
  md5: 'MD5',
};

/**
 * The whole report. It shows what the host sends, when it is sent, and decides nothing: the verdict in words, why, who
 * was asked, and the facts, in this order for every kind of scan.
 */
export class ReportPage {
  private readonly header: VerdictHeader;
  private readonly findings: FindingsSections;
  private readonly engines = new EnginesSection();
  private readonly folder: FolderSections;
  private readonly network: NetworkSection;
  private readonly facts: FactsSection;
  private readonly waiting = element('p', { class: 'waiting', text: 'Looking for the report…' });
  private readonly report: HTMLElement;
  /** Speaks when the verdict of an open report changes, and when something was copied. */
  private readonly announcer = hiddenText();
  private revision = 0;
  private headline: string | undefined;

  constructor(
    private readonly root: HTMLElement,
    send: ReportContext['send'],
    private readonly memory: Memory,
  ) {
    const context: ReportContext = { send, memory, revision: () => this.revision };
    this.header = new VerdictHeader(context);
    this.findings = new FindingsSections(context);
    this.folder = new FolderSections(context);
    this.network = new NetworkSection(context);
    this.facts = new FactsSection(context);
    this.announcer.setAttribute('role', 'status');
    this.report = element(
      'div',
      { class: 'report-body' },
      this.header.element,
      this.folder.filesElement,
      this.network.element,
      this.findings.why,
      this.engines.element,
      this.folder.problemsElement,
      this.findings.noticed,
      this.facts.element,
    );
    this.report.hidden = true;
    root.append(element('main', { class: 'report' }, this.waiting, this.report), this.announcer);
  }

  apply(message: HostToReport): void {
    switch (message.type) {
      case 'hydrate':
        this.show(message);
        break;
      case 'missing':
        this.report.hidden = true;
        this.waiting.hidden = false;
        setText(this.waiting, missingText(message.reason));
        break;
      case 'copied':
        confirmCopied(this.root, message.what);
        this.announce(`Copied ${copiedNames[message.what]}`);
        break;
    }
  }

  private show({ record, actions, revision }: Extract<HostToReport, { type: 'hydrate' }>): void {
    const isFirst = this.report.hidden;
    this.revision = revision;
    this.memory.begin(record.id);
    const focusedKey = document.activeElement?.getAttribute('data-key') ?? undefined;
    this.waiting.hidden = true;
    this.report.hidden = false;
    this.header.update(record, actions);
    this.folder.update(record);
    this.network.update(record);
    this.findings.update(record);
    this.engines.update(record);
    this.facts.update(record);
    this.restoreFocus(focusedKey);
    const headline = reportHeadline(record);
    if (this.headline !== undefined && this.headline !== headline) this.announce(headline);
    this.headline = headline;
    if (isFirst) window.scrollTo({ top: this.memory.scrollTop, behavior: 'instant' });
  }

  /** Emptied first: the same words twice in a row are else spoken once. */
  private announce(text: string): void {
    setText(this.announcer, '');
    setTimeout(() => {
      setText(this.announcer, text);
    }, announceDelayMs);
  }

  /** What was drawn anew has lost the focus that it had. */
  private restoreFocus(key: string | undefined): void {
    if (key === undefined || document.activeElement?.getAttribute('data-key') === key) return;
    this.root.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
  }
}

function missingText(reason: MissingReason): string {
  switch (reason) {
    case 'gone':
      return 'The history does not hold this report any more.';
    case 'unreadable':
      return 'The history cannot be read at the moment, and with it this report. Sentinel’s log says why.';
  }
}
