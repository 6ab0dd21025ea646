import assert from 'node:assert/strict';
import type { ClamdAddress } from '../../../../src/services/scan/clamav/clamdAddress';
import { askClamd, type ClamdAnswer } from '../../../../src/services/scan/clamav/clamdSession';
import { systemClock } from '../../../../src/shared/clock';
import { SentinelError } from '../../../../src/shared/errors';
import { FakeClamd, type FakeBehaviour, honest } from './support/fakeClamd';

async function* pieces(...parts: readonly (string | Buffer)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield Buffer.from(part);
  }
}

describe('a session with clamd', function () {
  this.timeout(20_000);
  let fake: FakeClamd;
  let address: ClamdAddress;
  let abort: AbortController;

  beforeEach(async () => {
    fake = new FakeClamd();
    address = await fake.listen();
    abort = new AbortController();
  });
  afterEach(() => fake.dispose());

  const ask = (content?: AsyncIterable<Uint8Array>, timeLimitMs = 10_000): Promise<ClamdAnswer> =>
    askClamd({ address, clock: systemClock, signal: abort.signal, timeLimitMs }, content);
  const says = (behaviour: FakeBehaviour): void => {
    fake.behaviour = behaviour;
  };
  /** Says this at the end of the stream. */
  const atEnd = (...replies: readonly string[]): void => {
    says(({ socket }, { stream, command }) => {
      if (command === 'VERSION') socket.write('1: ClamAV 1.4.3\0');
      if (stream !== undefined) for (const reply of replies) socket.write(reply);
      if (command === 'END') socket.end();
    });
  };

  it('gives the content in chunks, and takes the answer of whoever gave it', async () => {
    const answer = await ask(pieces('one ', Buffer.alloc(0), 'BAD', ' three'));
    assert.deepEqual(answer.outcome, { type: 'found', signature: 'Made.Up.Bad' });
    assert.deepEqual([answer.engine.version, answer.engine.database?.version], ['1.4.3', '27800']);
    const [conversation] = fake.conversations;
    assert.deepEqual(conversation?.commands, ['IDSESSION', 'VERSION', 'INSTREAM', 'END']);
    assert.deepEqual(conversation.streams.map(String), ['one BAD three']);
    assert.deepEqual((await ask(pieces())).outcome, { type: 'clean' });
  });

  it('asks who is there', async () => {
    assert.deepEqual(await ask(), {
      engine: {
        version: '1.4.3',
        database: { version: '27800', updatedAt: new Date(2026, 10, 27, 8).getTime() },
      },
    });
  });

  it('goes over loopback as well', async () => {
    await fake.dispose();
    fake = new FakeClamd();
    address = await fake.listen('tcp');
    assert.deepEqual((await ask(pieces('x'))).outcome, { type: 'clean' });
  });

  it('hears two replies in one packet, and one in several', async () => {
    says(({ socket }, { stream, command }) => {
      if (stream !== undefined) socket.write('1: ClamAV 1.4.3\x002: stream: OK\0');
      if (command === 'END') socket.end();
    });
    assert.deepEqual((await ask(pieces('x'))).outcome, { type: 'clean' });
    says(({ socket }, { stream }) => {
      if (stream === undefined) return;
      socket.setNoDelay();
      const bytes = Array.from('1: ClamAV 1.4.3\x002: stream: Bad FOUND\0');
      const next = (): void => {
        const byte = bytes.shift();
        if (byte === undefined) socket.end();
        else socket.write(byte, () => setImmediate(next));
      };
      next();
    });
    assert.deepEqual((await ask(pieces('x'))).outcome, { type: 'found', signature: 'Bad' });
  });

  it('takes no more than clamd takes, and hears why', async () => {
    let given = 0;
    says(({ socket, chunks }, { command }) => {
      if (command === 'VERSION') socket.write('1: ClamAV 1.4.3\0');
      if (chunks < 3) return;
      socket.end('2: INSTREAM size limit exceeded. ERROR\0');
      socket.pause();
    });
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 1;
        await Promise.resolve();
        yield Buffer.alloc(64 * 1024);
      }
    }
    assert.deepEqual((await ask(endless())).outcome, { type: 'tooLarge' });
    assert.ok(given < 1_000, String(given));
  });

  it('tells nobody there from one that went away', async () => {
    await assert.rejects(
      askClamd({
        address: { type: 'socket', path: `${fake.socketPath}.no` },
        clock: systemClock,
        signal: abort.signal,
        timeLimitMs: 1_000,
      }),
      { code: 'clamav.unreachable', message: /ENOENT/ },
    );
    for (const when of ['INSTREAM', 'VERSION']) {
      says(({ socket }, { command }) => {
        if (command === when) socket.destroy();
      });
      await assert.rejects(ask(pieces('x')), { code: 'clamav.lost' }, when);
    }
    says(({ socket }, { stream, command }) => {
      if (command === 'VERSION') socket.write('1: ClamAV 1.4.3\0');
      if (stream !== undefined) socket.end('2: stream: OK');
    });
    await assert.rejects(ask(pieces('x')), { code: 'clamav.lost' }, 'an answer without its end is none');
  });

  it('has a time limit, whether it is not heard or not taken from', async () => {
    says(() => undefined);
    await assert.rejects(ask(pieces('x'), 100), { code: 'clamav.timedOut' });
    says(({ socket }) => socket.pause());
    await assert.rejects(ask(pieces(Buffer.alloc(8_000_000)), 100), { code: 'clamav.timedOut' });
  });

  it('ends when it is told to, with the reason that is given', async () => {
    says(() => undefined);
    const asked = ask(pieces('x'));
    abort.abort(new SentinelError('task.paused', 'stand still'));
    await assert.rejects(asked, { code: 'task.paused' });
    await assert.rejects(ask(), { code: 'task.paused' });
  });

  it('ends with what the content throws, and leaves no connection', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield Buffer.from('x');
      throw new SentinelError('test.broken', 'broken');
    }
    await assert.rejects(ask(broken()), { code: 'test.broken' });
    const [conversation] = fake.conversations;
    while (conversation?.socket.destroyed !== true) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(conversation.streams, []);
  });

  for (const [what, replies] of [
    ['nonsense', ['2: PONG\0']],
    ['an answer without a number', ['stream: OK\0']],
    ['two answers in one', ['2: stream: OK\x002: stream: Bad FOUND\0']],
    ['two answers one after the other', ['2: stream: OK\0', '2: stream: Bad FOUND\0']],
    ['an answer that nobody asked for', ['2: stream: OK\x003: stream: OK\0']],
    ['the beginning of another answer', ['2: stream: OK\x002: stream: B']],
    ['far too much', ['2: stream: OK\0', 'x'.repeat(100_000)]],
    ['an answer to the wrong question', ['7: stream: OK\0']],
  ] as const) {
    it(`does not believe ${what}`, async () => {
      atEnd(...replies);
      await assert.rejects(ask(pieces('x')), { code: /^clamav\.(badReply|lost)$/ });
    });
  }

  it('does not believe one that judges before it has seen everything', async () => {
    says(({ socket }, { command, chunk }) => {
      if (command === 'VERSION') socket.write('1: ClamAV 1.4.3\0');
      if (chunk !== undefined) socket.end('2: stream: OK\0');
    });
    await assert.rejects(ask(pieces('x', 'y'.repeat(300_000), 'z'.repeat(300_000))), {
      code: 'clamav.badReply',
    });
  });

  it('takes an answer from one that does not close', async () => {
    const behave = honest();
    says((conversation, came) => {
      if (came.command !== 'END') behave(conversation, came);
    });
    assert.deepEqual((await ask(pieces('x'))).outcome, { type: 'clean' });
  });
});
