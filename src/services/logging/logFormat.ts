import type { LogLevel } from '../../shared/logger';
import type { LogRecord } from './logRecord';

/** Characters of a message or a stack that are written; the longest line of ordinary text is far below. */
export const longestText = 32_768;

const continuation = '\n    ';
const levelWidth = 8;

/** `area: message`, followed by the further lines and the stack, indented. Without a line break at the end. */
export function formatBody({ area, message, stack }: LogRecord): string {
  const text = `${neutralise(area)}: ${indented(message)}`;
  return stack === undefined ? text : `${text}${continuation}${indented(stack)}`;
}

/** `[2024-01-15 10:30:45] [INFO    ] area.name: message`, in local time. Without a line break at the end. */
export function formatRecord(record: LogRecord): string {
  return `[${formatTime(record.timeMs)}] [${formatLevel(record.level)}] ${formatBody(record)}`;
}

const colours: Readonly<Record<LogLevel, string>> = {
  trace: '\u001b[90m',
  debug: '\u001b[36m',
  info: '\u001b[32m',
  warning: '\u001b[33m',
  error: '\u001b[31m',
};
const dim = '\u001b[2m';
const reset = '\u001b[0m';

/** As `formatRecord`, with the time dimmed and the level in its colour. */
export function formatRecordInColour(record: LogRecord): string {
  const time = `${dim}[${formatTime(record.timeMs)}]${reset}`;
  return `${time} ${colours[record.level]}[${formatLevel(record.level)}]${reset} ${formatBody(record)}`;
}

function formatLevel(level: LogLevel): string {
  return level.toUpperCase().padEnd(levelWidth);
}

function formatTime(timeMs: number): string {
  const time = new Date(timeMs);
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${String(time.getFullYear()).padStart(4, '0')}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** Further lines are indented, so that text from outside cannot begin a line that looks like a record. */
function indented(text: string): string {
  const kept =
    text.length > longestText ? `${text.slice(0, longestText)}… (${text.length} characters)` : text;
  return kept.split(/\r?\n/u).map(neutralise).join(continuation);
}

/**
 * What moves a terminal's cursor, breaks a line or turns the direction of reading: names of files and hosts come
 * from outside, and one of them must not be able to forge or hide a part of the log. Tabs stay.
 */
const deceptive = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

function neutralise(text: string): string {
  return text.replace(deceptive, (character) => {
    if (character === '\t') return character;
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
