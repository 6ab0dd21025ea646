import { defined } from '../../../shared/defined';
import type { SystemEvent } from '../../../shared/events/systemEvent';
import type { Line } from '../../process/lineSplitter';
import { saxesLibrary } from '../saxesLibrary';
import { TextBudget } from '../shortened';
import { windowsLevel } from './windowsLevel';

/** Beyond it an element is not looked into; events have six levels at most. */
const deepest = 12;
/** What is gathered of one event before it is read as it is. */
const longestXml = 1024 * 1024;
const endTag = '</Event>';

/**
 * Puts the lines of `wevtutil query-events /format:RenderedXml` together to events: one after another without a root
 * around them; the message within may have lines of its own.
 */
export class EventXmlReader {
  private gathered: string[] = [];
  private length = 0;
  private isCut = false;
  /** What comes next is the rest of an event that was delivered already. */
  private isRest = false;

  /** @param onEvent gets undefined for what is none */
  constructor(
    private readonly keep: number,
    private readonly onEvent: (event: SystemEvent | undefined) => void,
  ) {}

  // What was gathered is not looked through again: an event may have thousands of lines.
  readonly read = ({ text, truncated }: Line): void => {
    let start = 0;
    for (;;) {
      const end = text.indexOf(endTag, start);
      if (end < 0) break;
      this.gather(text.slice(start, end + endTag.length));
      this.deliver();
      start = end + endTag.length;
    }
    this.gather(`${text.slice(start)}\n`);
    this.isCut ||= truncated;
    if (this.length > longestXml || truncated) this.end();
  };

  /** What stands after the last event, as after an interruption. */
  end(): void {
    this.isCut = true;
    this.deliver();
    this.isRest = true;
  }

  private gather(text: string): void {
    this.gathered.push(text);
    this.length += text.length;
  }

  private deliver(): void {
    const { isCut, isRest } = this;
    const xml = this.gathered.join('');
    this.gathered = [];
    this.length = 0;
    this.isCut = false;
    this.isRest = false;
    const start = xml.search(/<Event[\s>]/);
    if (start >= 0) this.onEvent(eventOfXml(xml.slice(start), isCut, this.keep));
    else if (!isCut && !isRest) this.onEvent(undefined);
  }
}

/**
 * One event in the schema of Windows. Entities other than XML's own five are not resolved; what is not well-formed is
 * read up to there.
 * @param keep how much text is kept
 * @returns undefined where it tells no time
 */
export function eventOfXml(xml: string, isCut: boolean, keep: number): SystemEvent | undefined {
  const parts = new EventParts();
  const { SaxesParser } = saxesLibrary();
  const parser = new SaxesParser({ fragment: true, position: false });
  parser.on('error', () => {
    parts.isBroken = true;
  });
  parser.on('opentag', ({ name, attributes }) => {
    parts.open(name, attributes);
  });
  parser.on('text', (text) => {
    parts.text(text);
  });
  parser.on('cdata', (text) => {
    parts.text(text);
  });
  parser.on('closetag', () => {
    parts.close();
  });
  try {
    parser.write(xml).close();
  } catch {
    parts.isBroken = true;
  }
  return parts.event(isCut, keep);
}

type Named = readonly [name: string, value: string];

/** Gathers what the elements of one event say. */
class EventParts {
  isBroken = false;
  private readonly path: { readonly name: string; readonly label: string; text: string }[] = [];
  private readonly system: Named[] = [];
  private readonly data: Named[] = [];
  private readonly rendering: Named[] = [];

  open(name: string, attributes: Readonly<Record<string, unknown>>): void {
    const label = name === 'Data' && typeof attributes['Name'] === 'string' ? attributes['Name'] : name;
    this.path.push({ name, label, text: '' });
    if (this.isBroken || this.path[1]?.name !== 'System') return;
    for (const [attribute, value] of Object.entries(attributes)) {
      if (attribute !== 'xmlns' && typeof value === 'string')
        this.system.push([`${name}.${attribute}`, value]);
    }
  }

  text(text: string): void {
    const element = this.path.at(-1);
    if (!this.isBroken && element !== undefined && this.path.length <= deepest) element.text += text;
  }

  close(): void {
    const section = this.path[1]?.name;
    const element = this.path.pop();
    if (element === undefined) return;
    const value = element.text.trim();
    if (value === '') return;
    const into =
      section === 'System' ? this.system : section === 'RenderingInfo' ? this.rendering : this.data;
    into.push([element.label, value]);
  }

  event(isCut: boolean, keep: number): SystemEvent | undefined {
    const find = (from: readonly Named[], name: string): string =>
      from.find(([each]) => each === name)?.[1] ?? '';
    const system = (name: string): string => find(this.system, name);
    const timestamp = Date.parse(system('TimeCreated.SystemTime'));
    if (Number.isNaN(timestamp)) return undefined;
    const budget = new TextBudget(keep);
    const rendered = find(this.rendering, 'Message');
    const told = this.data.map(([name, value]) => `${name}: ${value}`).join('; ');
    const source = budget.take(system('Provider.Name') || system('Provider.EventSourceName'));
    const message = budget.take(rendered === '' ? told : rendered);
    const eventId = system('EventID');
    const log = system('Channel');
    const record = system('EventRecordID');
    return defined({
      timestamp,
      level: windowsLevel(system('Level'), system('Keywords')),
      source,
      message,
      eventId: /^\d{1,9}$/.test(eventId) ? Number(eventId) : undefined,
      log: log === '' ? undefined : budget.take(log),
      id: record === '' ? undefined : budget.take(`${log}/${record}`),
      details: [...this.data, ...this.system, ...this.rendering.filter(([name]) => name !== 'Message')].map(
        ([name, value]): [string, string] => [budget.take(name), budget.take(value)],
      ),
      truncated: isCut || this.isBroken || budget.isExceeded ? true : undefined,
    });
  }
}
