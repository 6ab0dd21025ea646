import { formatCount, formatInteger } from '../../src/shared/presentation/format';
import {
  type FindingGroup,
  groupedFindings,
  type Occurrence,
  omittedFindingsOf,
  weightText,
} from '../../src/shared/presentation/reportTexts';
import { severityLabel } from '../../src/shared/presentation/verdictTexts';
import { webAddress } from '../../src/shared/presentation/webAddress';
import type { EngineReport, Match, ScanRecord } from '../../src/shared/scan/record';
import { element, hiddenText } from '../dom';
import { icon } from '../icons';
import { fillBounded } from './boundedList';
import { outsideText } from './outsideText';
import { relativePath } from './paths';
import type { ReportContext } from './reportContext';
import { Section } from './section';
import { Table } from './table';
import { severityIcons } from './tones';

const rowsAtFirst = 50;
const rowsStep = 200;
const occurrencesAtFirst = 5;
const occurrencesStep = 100;
const matchesAtFirst = 5;
const matchesStep = 50;

interface FindingsContent {
  readonly target: string;
  readonly isFiles: boolean;
  readonly engines: readonly Pick<EngineReport, 'id' | 'name'>[];
  readonly groups: readonly FindingGroup[];
  /** Of a folder: findings that the record has no room for. */
  readonly omitted: number;
}

/** Why the verdict is what it is: each piece of evidence with its engine and a place that one can click. */
export class FindingsSections {
  private readonly decisive = new Section('why', 'Why');
  private readonly informational = new Section('noticed', 'Also noticed');
  readonly why = this.decisive.element;
  readonly noticed = this.informational.element;

  constructor(private readonly context: ReportContext) {}

  update(record: ScanRecord): void {
    const { target, kind, engines, findings, details } = record;
    const groups = groupedFindings(findings);
    const shared = {
      target,
      isFiles: kind === 'file' || kind === 'folder',
      engines: engines.map(({ id, name }) => ({ id, name })),
    };
    const omitted = omittedFindingsOf(details);
    const deciding = groups.filter(({ finding }) => finding.weight !== 'informational');
    const informational = groups.filter(({ finding }) => finding.weight === 'informational');
    this.decisive.update(
      deciding.length > 0 || omitted > 0 ? { ...shared, groups: deciding, omitted } : undefined,
      (content) => this.build('why', content),
    );
    this.informational.update(
      informational.length > 0 ? { ...shared, groups: informational, omitted: 0 } : undefined,
      (content) => [
        element('p', { class: 'note', text: 'For information. None of this decides anything.' }),
        ...this.build('noticed', content),
      ],
    );
  }

  private build(key: string, content: FindingsContent): Node[] {
    // Of a link there is often no more of a place than the link.
    const hasPlaces = content.groups.some(({ occurrences }) =>
      occurrences.some((occurrence) => hasPlace(occurrence, content.target)),
    );
    const columns = ['Finding', 'Engine', ...(hasPlaces ? ['Where'] : [])];
    const table = new Table('Findings', 'findings', columns);
    const more = fillBounded({
      key,
      memory: this.context.memory,
      items: content.groups,
      atFirst: rowsAtFirst,
      step: rowsStep,
      holder: table.rows,
      row: (group) => this.row(table, group, content, hasPlaces),
      noun: 'findings',
    });
    const omitted =
      content.omitted > 0
        ? `${formatCount(content.omitted, 'more finding')} had no room in the record. Scan the parts of the folder to see them.`
        : undefined;
    return [
      ...(content.groups.length > 0 ? [table.element] : []),
      ...(more ? [more] : []),
      ...(omitted === undefined ? [] : [element('p', { class: 'note', text: omitted })]),
    ];
  }

  private row(table: Table, group: FindingGroup, content: FindingsContent, hasPlaces: boolean): HTMLElement {
    const { finding } = group;
    const engine = content.engines.find(({ id }) => id === finding.engine)?.name ?? finding.engine;
    const row = table.row(
      this.about(group),
      [outsideText(engine, { longest: 100 })],
      ...(hasPlaces ? [this.where(group, content)] : []),
    );
    row.dataset['severity'] = finding.severity;
    return row;
  }

  private about({ finding, occurrences }: FindingGroup): Node[] {
    const { title, rule, severity, weight, description, tags = [], reference } = finding;
    const index = occurrences[0]?.index ?? 0;
    return [
      element(
        'div',
        { class: 'finding-title' },
        icon(severityIcons[severity]),
        outsideText(title, { longest: 300 }),
      ),
      element(
        'div',
        { class: 'finding-facts' },
        element('span', { class: 'severity', text: severityLabel(severity) }),
        // Those that decide nothing stand together, under words that say so.
        ...(weight === 'informational' ? [] : [element('span', { text: weightText(weight) })]),
        ...(occurrences.length > 1
          ? [element('span', { text: `${formatInteger(occurrences.length)} times` })]
          : []),
        outsideText(rule, { class: 'code', longest: 120 }),
      ),
      ...(description === undefined
        ? []
        : [element('div', { class: 'finding-description' }, outsideText(description, { longest: 600 }))]),
      ...(tags.length === 0 ? [] : [tagList(tags)]),
      ...(reference === undefined ? [] : [this.reference(reference, index)]),
    ];
  }

  private reference(reference: string, finding: number): HTMLElement {
    const address = webAddress(reference);
    if (address === undefined) {
      return element(
        'div',
        { class: 'finding-reference quiet' },
        element('span', { text: 'Reference, which is no address on the web: ' }),
        outsideText(reference, { longest: 120, expands: false }),
      );
    }
    const link = element('button', {
      class: 'link external',
      text: shortAddress(address),
      title: address,
      attributes: { type: 'button', 'data-key': `reference-${finding}` },
    });
    link.append(icon('external'), hiddenText(' (opens in the browser)'));
    link.addEventListener('click', () => {
      this.context.send({ type: 'openReference', revision: this.context.revision(), finding });
    });
    return element('div', { class: 'finding-reference' }, link);
  }

  private where({ occurrences }: FindingGroup, content: FindingsContent): Node[] {
    const [first] = occurrences;
    if (!first) return [];
    if (occurrences.length === 1) return this.occurrence(first, content);
    const list = element('ul', { class: 'occurrences' });
    const more = fillBounded({
      key: `occurrences-${first.index}`,
      memory: this.context.memory,
      items: occurrences,
      atFirst: occurrencesAtFirst,
      step: occurrencesStep,
      holder: list,
      row: (occurrence) => element('li', {}, ...this.occurrence(occurrence, content)),
      noun: 'places',
    });
    return [list, ...(more ? [more] : [])];
  }

  private occurrence(occurrence: Occurrence, content: FindingsContent): Node[] {
    const { path, members = [], matches = [], index } = occurrence;
    const inArchive = members.length > 0;
    return [
      ...(path === undefined || path === content.target ? [] : [this.file(path, index, content)]),
      ...(inArchive ? [membersOf(members)] : []),
      ...(matches.length === 0 ? [] : [this.places(occurrence, content.isFiles && !inArchive)]),
    ];
  }

  private file(path: string, finding: number, { target, isFiles }: FindingsContent): HTMLElement {
    const name = outsideText(relativePath(target, path), { class: 'code', longest: 200, expands: false });
    if (!isFiles) return element('div', { class: 'place-file' }, name);
    return element(
      'div',
      { class: 'place-file' },
      linkTo(name, 'Open this file', `finding-${finding}`, () => {
        this.context.send({ type: 'openFinding', revision: this.context.revision(), finding });
      }),
    );
  }

  private places(
    { matches = [], matchCount = matches.length, index }: Occurrence,
    canOpen: boolean,
  ): HTMLElement {
    const list = element('ul', { class: 'places' });
    const more = fillBounded({
      key: `matches-${index}`,
      memory: this.context.memory,
      items: matches.map((match, position) => ({ match, position })),
      atFirst: matchesAtFirst,
      step: matchesStep,
      holder: list,
      row: ({ match, position }) => this.place(match, index, position, canOpen),
      noun: 'offsets',
    });
    const unlisted = matchCount - matches.length;
    return element(
      'div',
      {},
      list,
      ...(more ? [more] : []),
      ...(unlisted > 0
        ? [
            element('div', {
              class: 'quiet',
              text: `and ${formatInteger(unlisted)} more that the record does not list`,
            }),
          ]
        : []),
    );
  }

  private place(
    { offset, length, pattern }: Match,
    finding: number,
    match: number,
    canOpen: boolean,
  ): HTMLElement {
    const text = `offset 0x${offset.toString(16).toUpperCase()}`;
    const facts = `byte ${formatInteger(offset)}, ${formatCount(length, 'byte')} long`;
    const place = canOpen
      ? linkTo(element('span', { text }), `Open the file here: ${facts}`, `match-${finding}-${match}`, () => {
          this.context.send({ type: 'openMatch', revision: this.context.revision(), finding, match });
        })
      : element('span', { text, title: facts });
    const name =
      pattern === undefined
        ? []
        : [' ', outsideText(pattern, { class: 'code quiet', longest: 60, expands: false })];
    const item = element('li', {}, place);
    item.append(...name);
    return item;
  }
}

function hasPlace({ path, members = [], matches = [] }: Occurrence, target: string): boolean {
  return (path !== undefined && path !== target) || members.length > 0 || matches.length > 0;
}

/** The way into an archive, outermost first. */
function membersOf(members: readonly string[]): HTMLElement {
  const way = element('div', { class: 'members' }, element('span', { class: 'quiet', text: 'inside: ' }));
  members.forEach((member, position) => {
    if (position > 0) way.append(element('span', { class: 'quiet', text: ' › ' }));
    way.append(outsideText(member, { class: 'code', longest: 160 }));
  });
  return way;
}

const mostTags = 12;

function tagList(tags: readonly string[]): HTMLElement {
  const list = element('ul', { class: 'tags', attributes: { 'aria-label': 'Tags' } });
  for (const tag of tags.slice(0, mostTags))
    list.append(element('li', {}, outsideText(tag, { longest: 40, expands: false })));
  if (tags.length > mostTags) {
    list.append(element('li', { class: 'quiet', text: `and ${formatInteger(tags.length - mostTags)} more` }));
  }
  return list;
}

/** A button that looks like the link that it is to a reader. */
function linkTo(content: HTMLElement, title: string, key: string, open: () => void): HTMLButtonElement {
  const link = element(
    'button',
    { class: 'link', title, attributes: { type: 'button', 'data-key': key } },
    content,
  );
  link.addEventListener('click', open);
  return link;
}

const longestAddress = 60;

function shortAddress(address: string): string {
  const short = address.replace(/^https?:\/\/(?:www\.)?/, '').replace(/\/$/, '');
  return short.length <= longestAddress ? short : `${short.slice(0, longestAddress - 1)}…`;
}
