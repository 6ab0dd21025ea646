import { entropyMeaning } from '../../src/shared/presentation/entropy';
import { formatBytes, formatCount, formatExactBytes } from '../../src/shared/presentation/format';
import { formatDuration, formatMoment } from '../../src/shared/presentation/moments';
import { scanKindLabel, scanStatusLabel } from '../../src/shared/presentation/verdictTexts';
import type { HashName } from '../../src/shared/protocol/report';
import type { ContentType, FileDetails, ScanRecord } from '../../src/shared/scan/record';
import type { UrlDetails } from '../../src/shared/url/urlDetails';
import { element } from '../dom';
import { fillBounded } from './boundedList';
import { copyButton } from './copyButton';
import { outsideText } from './outsideText';
import type { ReportContext } from './reportContext';
import { Section } from './section';

const hashLabels: Readonly<Record<HashName, string>> = { sha256: 'SHA-256', sha1: 'SHA-1', md5: 'MD5' };

interface Fact {
  readonly name: string;
  readonly value: readonly Node[];
}

type FactsContent = Pick<
  ScanRecord,
  'kind' | 'status' | 'sha256' | 'startedAt' | 'finishedAt' | 'durationMs' | 'details'
>;

/** What is known of the target besides the verdict, and when and how the scan was done. */
export class FactsSection {
  private readonly section = new Section('facts', 'Facts');
  readonly element = this.section.element;

  constructor(private readonly context: ReportContext) {}

  update({ kind, status, sha256, startedAt, finishedAt, durationMs, details }: ScanRecord): void {
    const content: FactsContent = { kind, status, sha256, startedAt, finishedAt, durationMs, details };
    this.section.update(content, (facts) => [this.build(facts)], titleOf(kind));
  }

  private build(content: FactsContent): HTMLElement {
    const list = element('dl', { class: 'fact-list' });
    const file = content.details?.type === 'file' ? content.details : undefined;
    const facts = [
      ...(content.details?.type === 'url' ? urlFacts(content.details) : []),
      ...(file ? this.fileFacts(file) : []),
      ...this.hashFacts(file?.hashes ?? (content.sha256 === undefined ? {} : { sha256: content.sha256 })),
      ...scanFacts(content),
    ];
    for (const { name, value } of facts) {
      list.append(element('div', {}, element('dt', { text: name }), element('dd', {}, ...value)));
    }
    return list;
  }

  private fileFacts(file: FileDetails): Fact[] {
    const { contentType, sizeBytes, entropy, modifiedAt, archive } = file;
    return [
      ...(contentType === undefined ? [] : [{ name: 'Type', value: typeNodes(contentType) }]),
      textFact('Size', formatExactBytes(sizeBytes)),
      ...(entropy === undefined ? [] : [{ name: 'Entropy', value: entropyNodes(entropy) }]),
      ...(modifiedAt === undefined ? [] : [textFact('Modified', formatMoment(modifiedAt))]),
      ...(archive === undefined ? [] : [{ name: 'Archive', value: this.archiveNodes(archive) }]),
    ];
  }

  private archiveNodes({ members, unpackedBytes, problems }: NonNullable<FileDetails['archive']>): Node[] {
    const looked = element('div', {
      text: `${formatCount(members, 'member')} looked at, ${formatBytes(unpackedBytes)} unpacked`,
    });
    if (problems.length === 0) return [looked];
    const list = element('ul', { class: 'archive-problems' });
    const more = fillBounded({
      key: 'archive',
      memory: this.context.memory,
      items: problems,
      atFirst: 10,
      step: 100,
      holder: list,
      row: (problem) => element('li', {}, outsideText(problem, { longest: 300 })),
      noun: 'parts',
    });
    return [looked, element('div', { text: 'Not looked at:' }), list, ...(more ? [more] : [])];
  }

  private hashFacts(hashes: Partial<Record<HashName, string>>): Fact[] {
    return (['sha256', 'sha1', 'md5'] as const).flatMap((name) => {
      const hash = hashes[name];
      if (hash === undefined) return [];
      const copy = copyButton(name, `Copy ${hashLabels[name]}`, () => {
        this.context.send({ type: 'copyHash', name });
      });
      return [{ name: hashLabels[name], value: [element('span', { class: 'code hash', text: hash }), copy] }];
    });
  }
}

function titleOf(kind: ScanRecord['kind']): string {
  switch (kind) {
    case 'file':
      return 'The file';
    case 'url':
      return 'The link';
    case 'folder':
    case 'network':
      return 'The scan';
  }
}

/** Where the link leads is text: a click too many would visit what was scanned for a reason. */
function urlFacts(details: UrlDetails): Fact[] {
  const { normalized, host, unicodeHost, registrableDomain, score, hops = [], certificate } = details;
  const text = (name: string, value: string | undefined): Fact[] =>
    value === undefined ? [] : [{ name, value: [outsideText(value, { class: 'code', longest: 400 })] }];
  return [
    ...text('Opens', normalized),
    ...text('Host', host),
    ...text('In its own script', unicodeHost),
    ...text('Registered as', registrableDomain),
    { name: 'Score', value: scoreNodes(score) },
    ...hops.slice(1).flatMap(({ url }, index) => text(`Step ${index + 1}`, url)),
    ...text('Certificate of', certificate?.issuer),
    ...(certificate?.validTo === undefined
      ? []
      : [textFact('Certificate until', formatMoment(certificate.validTo))]),
  ];
}

/** The figure, a small scale from 0 to 100, and what it means in words. */
function scoreNodes(score: number): Node[] {
  const fill = element('span', { class: 'scale-fill' });
  fill.style.setProperty('width', `${Math.round(score)}%`);
  return [
    element('span', { text: `${Math.round(score)} of 100` }),
    element('span', { class: 'scale', attributes: { 'aria-hidden': 'true' } }, fill),
    element('span', {
      class: 'quiet',
      text: score === 0 ? 'nothing speaks against it' : 'what speaks against it, by its text and the lists',
    }),
  ];
}

function scanFacts({ kind, status, startedAt, finishedAt, durationMs }: FactsContent): Fact[] {
  const running = status === 'running';
  return [
    ...(kind === 'file' ? [] : [textFact('Kind', scanKindLabel(kind))]),
    textFact(running ? 'Began' : 'Scanned', formatMoment(startedAt)),
    ...(running ? [] : [textFact(scanStatusLabel(status), formatMoment(finishedAt))]),
    textFact(running ? 'Until now' : 'Took', formatDuration(durationMs)),
  ];
}

function textFact(name: string, text: string): Fact {
  return { name, value: [element('span', { text })] };
}

function typeNodes({ name, mime, extension }: ContentType): Node[] {
  const usual = extension === undefined ? '' : `usually .${extension}`;
  const quiet = [mime, usual].filter((part) => part !== undefined && part !== '').join(', ');
  return [
    outsideText(name, { longest: 120 }),
    ...(quiet === ''
      ? []
      : [element('span', { class: 'quiet' }, outsideText(` (${quiet})`, { longest: 120 }))]),
  ];
}

/** The figure, a small scale from 0 to 8, and what it means in words. */
function entropyNodes(entropy: number): Node[] {
  const fill = element('span', { class: 'scale-fill' });
  fill.style.setProperty('width', `${Math.round((entropy / 8) * 1_000) / 10}%`);
  return [
    element('span', { text: `${entropy.toFixed(2)} of 8 bits a byte` }),
    element('span', { class: 'scale', attributes: { 'aria-hidden': 'true' } }, fill),
    element('span', { class: 'quiet', text: entropyMeaning(entropy) }),
  ];
}
