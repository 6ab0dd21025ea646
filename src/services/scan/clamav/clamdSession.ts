import { connect, type Socket } from 'node:net';
import type { Clock } from '../../../shared/clock';
import { DisposableStore, toDisposable } from '../../../shared/disposable';
import { SentinelError } from '../../../shared/errors';
import { addressText, type ClamdAddress } from './clamdAddress';
import {
  badReply,
  type ClamdOutcome,
  ClamdReplies,
  type ClamdVersion,
  parseOutcome,
  parseVersion,
} from './clamdReplies';

export interface ClamdQuestion {
  readonly address: ClamdAddress;
  readonly clock: Clock;
  /** Ends the conversation; what is thrown is its reason. */
  readonly signal: AbortSignal;
  /** For all of it: connecting, sending, waiting for the answer. */
  readonly timeLimitMs: number;
  /** Listens for a while before each chunk. */
  readonly isCareful?: boolean;
}

export interface ClamdAnswer {
  /** Of the clamd that gave it. */
  readonly engine: ClamdVersion;
  /** Present where something was sent. */
  readonly outcome?: ClamdOutcome;
}

/** The numbers that replies bear. */
const versionNumber = 1;
const streamNumber = 2;
/** One that has answered closes the connection at once, being told that this was all. */
const closingMs = 1_000;
/** Whoever writes to a connection that clamd has just closed does not get to read why. */
const carefulMs = 10;

/**
 * Asks clamd who it is and, where there is content, what it says about that, in one session: so it is sure who gave the
 * answer, even if clamd was restarted a moment ago.
 *
 * `zIDSESSION`, `zVERSION`, `zINSTREAM`, chunks each after its length in four bytes, a length of zero, `zEND`.
 *
 * @param content is read only as fast as clamd takes it; what it throws ends the conversation
 * @throws SentinelError `clamav.unreachable` (nobody there), `clamav.lost` (the connection ended before the answer),
 *   `clamav.timedOut`, `clamav.badReply`; the signal's reason
 */
export async function askClamd(
  question: ClamdQuestion,
  content?: AsyncIterable<Uint8Array>,
): Promise<ClamdAnswer> {
  question.signal.throwIfAborted();
  const session = new ClamdSession(question, content === undefined ? 1 : 2);
  try {
    // An answer, or that there will be none, may come while content is still being sent.
    await Promise.race([session.send(content), session.ended]);
    return await session.ended;
  } finally {
    session.end();
  }
}

class ClamdSession {
  /** Never settles before the connection is of no more use. */
  readonly ended: Promise<ClamdAnswer>;
  private readonly socket: Socket;
  private readonly replies = new ClamdReplies();
  private readonly attachments = new DisposableStore();
  private settle!: (answer: ClamdAnswer) => void;
  private fail!: (error: unknown) => void;
  private isConnected = false;
  private sentAll = false;
  private lastError: Error | undefined;

  constructor(
    private readonly question: ClamdQuestion,
    private readonly wanted: number,
  ) {
    const { address, clock, signal, timeLimitMs } = question;
    this.ended = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // It may be over while nobody waits for it yet.
    this.ended.catch(() => undefined);
    this.socket = connect(
      address.type === 'socket' ? { path: address.path } : { host: address.host, port: address.port },
    );
    this.socket.on('connect', () => {
      this.isConnected = true;
    });
    this.socket.on('data', (chunk) => {
      this.hear(chunk);
    });
    this.socket.on('error', (error) => {
      this.lastError = error;
    });
    this.socket.on('end', () => {
      this.conclude();
    });
    this.socket.on('close', () => {
      this.conclude();
    });
    const onAbort = (): void => {
      this.fail(signal.reason);
      this.end();
    };
    signal.addEventListener('abort', onAbort);
    this.attachments.add(
      toDisposable(() => {
        signal.removeEventListener('abort', onAbort);
      }),
    );
    this.attachments.add(
      clock.setTimeout(() => {
        this.fail(new SentinelError('clamav.timedOut', `${addressText(address)} took too long`));
        this.end();
      }, timeLimitMs),
    );
  }

  /** Settles when clamd has been given everything, or does not take any more. @throws what `content` throws */
  async send(content: AsyncIterable<Uint8Array> | undefined): Promise<void> {
    if (content === undefined) {
      this.sentAll = true;
      await this.write(Buffer.from('zIDSESSION\0zVERSION\0zEND\0'));
      return;
    }
    await this.write(Buffer.from('zIDSESSION\0zVERSION\0zINSTREAM\0'));
    for await (const chunk of content) {
      if (chunk.length > 0) await this.write(Buffer.concat([lengthOf(chunk), chunk]));
      // What clamd says is heard before the next chunk, which it may not take any more.
      await this.pause();
      if (!this.socket.writable) return;
    }
    this.sentAll = true;
    await this.write(Buffer.concat([lengthOf(Buffer.alloc(0)), Buffer.from('zEND\0')]));
  }

  private pause(): Promise<void> {
    const { clock, isCareful = false } = this.question;
    return new Promise((resolve) => {
      if (isCareful) clock.setTimeout(resolve, carefulMs);
      else setImmediate(resolve);
    });
  }

  end(): void {
    this.attachments.dispose();
    this.socket.destroy();
  }

  /** Settles as well when it could not be written: why not, shows when the connection closes. */
  private write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (!this.socket.writable) resolve();
      else
        this.socket.write(bytes, () => {
          resolve();
        });
    });
  }

  private hear(chunk: Buffer): void {
    try {
      this.replies.add(chunk);
      if (this.replies.count < this.wanted) return;
      this.checkedAnswer();
    } catch (error) {
      this.fail(error);
      this.end();
      return;
    }
    // Whether that was all, shows when it closes the connection.
    this.attachments.add(
      this.question.clock.setTimeout(() => {
        this.conclude();
      }, closingMs),
    );
  }

  /** The connection has ended, or nothing else is to come. */
  private conclude(): void {
    try {
      this.settle(this.checkedAnswer());
    } catch (error) {
      this.fail(error);
    }
    this.end();
  }

  private checkedAnswer(): ClamdAnswer {
    const { replies, wanted } = this;
    const version = replies.get(versionNumber);
    const stream = replies.get(streamNumber);
    if (replies.count > wanted || (replies.count === wanted && replies.hasRest)) {
      throw badReply('it answers what nobody asked');
    }
    if (version === undefined || (wanted > 1 && stream === undefined)) throw this.loss();
    const engine = parseVersion(version.text);
    if (stream === undefined) return { engine };
    const outcome = parseOutcome(stream.text);
    if (!this.sentAll && (outcome.type === 'clean' || outcome.type === 'found')) {
      throw badReply('it judges what it has not been given in whole');
    }
    return { engine, outcome };
  }

  private loss(): SentinelError {
    const where = addressText(this.question.address);
    const { replies, lastError, isConnected } = this;
    if (replies.count > 0 && replies.get(versionNumber) === undefined)
      return badReply('it answers out of turn');
    const code = (lastError as NodeJS.ErrnoException | undefined)?.code;
    const why = code === undefined ? '' : `, ${code}`;
    return isConnected
      ? new SentinelError('clamav.lost', `${where} closed the connection before it had answered${why}`)
      : new SentinelError('clamav.unreachable', `${where}${why}`, { cause: lastError });
  }
}

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}
