import type { SystemEvent } from '../../../shared/events/systemEvent';
import {
  journalMessages,
  type KnownEvent,
  type KnownMessage,
  knownMessages,
  windowsEvents,
} from './knownEvents';

export interface ExplainedEvent {
  readonly text: string;
  readonly values: readonly string[];
}

/** Further in, no pattern looks. */
const lookedAt = 1_000;

/** What a well-known event means; undefined for all others, and where what the sentence needs is not told. */
export function explainEvent(event: SystemEvent): ExplainedEvent | undefined {
  if (event.eventId !== undefined) return explainWindows(event, event.eventId);
  const messageId = detail(event, 'MESSAGE_ID');
  if (messageId !== undefined && Object.hasOwn(journalMessages, messageId)) {
    const known = journalMessages[messageId];
    return known && filled(known, event);
  }
  const source = event.source.toLowerCase();
  const beginning = event.message.slice(0, lookedAt);
  for (const known of knownMessages) {
    if (!known.source.test(source) || isForged(event, known)) continue;
    const match = known.message.exec(beginning);
    if (match !== null) return filled(known, event, match);
  }
  return undefined;
}

/** Where the log does not tell who wrote, its name has to do. */
function isForged(event: SystemEvent, { writer }: KnownMessage): boolean {
  const told = writer && detail(event, writer[0]);
  return told !== undefined && told !== writer?.[1];
}

function explainWindows(event: SystemEvent, eventId: number): ExplainedEvent | undefined {
  const provider = event.source.toLowerCase();
  const known = Object.hasOwn(windowsEvents, provider) ? windowsEvents[provider]?.[eventId] : undefined;
  return known && filled(known, event);
}

function filled(
  { text, values }: KnownEvent,
  event: SystemEvent,
  match?: RegExpExecArray,
): ExplainedEvent | undefined {
  const found = values.map((where) =>
    where
      .split('|')
      .map((name) => {
        const group = /^message:(\d)$/.exec(name)?.[1];
        return group === undefined ? detail(event, name) : match?.[Number(group)];
      })
      .find((value) => value !== undefined && value !== ''),
  );
  return found.every((value) => value !== undefined) ? { text, values: found } : undefined;
}

function detail(event: SystemEvent, name: string): string | undefined {
  return event.details.find(([each]) => each === name)?.[1];
}
