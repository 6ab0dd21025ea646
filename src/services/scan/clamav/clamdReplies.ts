import { SentinelError } from '../../../shared/errors';

/** Who answered: the program, and the signatures that it goes by. */
export interface ClamdVersion {
  readonly version: string;
  /** Absent where it has none of ClamAV's own, but only those of whoever runs it. */
  readonly database?: { readonly version: string; readonly updatedAt?: number };
}

/** What clamd says about a stream. */
export type ClamdOutcome =
  | { readonly type: 'clean' }
  | { readonly type: 'found'; readonly signature: string }
  /** It takes no streams of this size. */
  | { readonly type: 'tooLarge' }
  | { readonly type: 'error'; readonly message: string };

/** A reply to the command of this number, counted from one within a session. */
export interface ClamdReply {
  readonly number: number;
  readonly text: string;
}

/** An answer is a line of some hundred characters. */
const maxBytes = 16 * 1024;
const maxTextLength = 300;

/**
 * Puts replies together from what comes in whatever pieces: several in one packet, one in several. A reply in a session
 * is `NUMBER: TEXT` and ends with a zero.
 */
export class ClamdReplies {
  private rest: Buffer = Buffer.alloc(0);
  private readonly replies: ClamdReply[] = [];
  private bytes = 0;

  /** @throws SentinelError `clamav.badReply` for what clamd does not say */
  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > maxBytes) throw badReply('it says far more than it was asked');
    let rest = Buffer.concat([this.rest, chunk]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      this.addReply(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
    this.rest = rest;
  }

  get(number: number): ClamdReply | undefined {
    return this.replies.find((reply) => reply.number === number);
  }

  /** How many came. */
  get count(): number {
    return this.replies.length;
  }

  /** Something of another reply came, too. */
  get hasRest(): boolean {
    return this.rest.length > 0;
  }

  private addReply(line: string): void {
    const found = /^(?<number>\d{1,9}): (?<text>[^]*)$/.exec(line)?.groups;
    if (found === undefined) {
      // Said before any command of the session was taken, such as that there are too many connections.
      throw badReply(JSON.stringify(line.slice(0, maxTextLength)));
    }
    const number = Number(found['number']);
    if (this.get(number) !== undefined) throw badReply('it answers the same question twice');
    this.replies.push({ number, text: found['text'] ?? '' });
  }
}

/** `ClamAV 1.4.3/27800/Fri Nov 27 08:00:00 2026`. @throws SentinelError `clamav.badReply` */
export function parseVersion(text: string): ClamdVersion {
  const found = /^ClamAV (?<version>[\w.+~-]{1,60})(?:\/(?<number>\d{1,9})\/(?<date>[\w :]{1,40}))?\s*$/.exec(
    text,
  )?.groups;
  if (found === undefined) throw badReply(JSON.stringify(text.slice(0, maxTextLength)));
  const { version = '', number, date } = found;
  if (number === undefined) return { version };
  // In the local time of whoever runs it, which for a clamd of this machine is ours.
  const updatedAt = Date.parse(date ?? '');
  return {
    version,
    database: { version: number, ...(Number.isNaN(updatedAt) || updatedAt < 0 ? {} : { updatedAt }) },
  };
}

/** @throws SentinelError `clamav.badReply` */
export function parseOutcome(text: string): ClamdOutcome {
  if (text === 'stream: OK') return { type: 'clean' };
  const signature = /^stream: (?<name>[^\r\n]+) FOUND$/.exec(text)?.groups?.['name'];
  if (signature !== undefined) return { type: 'found', signature: signature.slice(0, maxTextLength) };
  if (/^INSTREAM size limit exceeded\. ERROR$/.test(text)) return { type: 'tooLarge' };
  const message = /^(?:stream: )?(?<message>[^\r\n]+?)\.? ERROR$/.exec(text)?.groups?.['message'];
  if (message !== undefined) return { type: 'error', message: message.slice(0, maxTextLength) };
  throw badReply(JSON.stringify(text.slice(0, maxTextLength)));
}

export function badReply(what: string): SentinelError {
  return new SentinelError('clamav.badReply', `What listens there does not answer like clamd: ${what}.`);
}
