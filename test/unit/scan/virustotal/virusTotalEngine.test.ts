import assert from 'node:assert/strict';
import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { FileTarget } from '../../../../src/services/scan/fileEngine';
import { verdictOf } from '../../../../src/services/scan/verdict';
import { uploadOf } from '../../../../src/services/scan/virustotal/upload';
import {
  directUploadBytes,
  largestUploadBytes,
} from '../../../../src/services/scan/virustotal/virusTotalClient';
import type { EngineReport } from '../../../../src/shared/scan/record';
import { settle } from '../../support/fakeClock';
import { testKey, VirusTotalHarness } from './support/virusTotalHarness';
import { error, json, report, scanners } from './support/virusTotalServer';

const brief = ({ state, reason, detail }: EngineReport): string =>
  [state, reason, detail].filter((part) => part !== undefined).join(': ');

describe('VirusTotal about files', function () {
  this.timeout(20_000);
  let harness: VirusTotalHarness;

  beforeEach(async () => {
    harness = new VirusTotalHarness();
    await harness.start();
  });
  afterEach(() => harness.stop());

  const requests = (): string[] => harness.server.lines();

  describe('by hash', () => {
    it('tells what scanners say of a file that is known, and how old that is', async () => {
      const target = harness.file('secret name.exe', 'known');
      harness.server.known.set(target.sha256, scanners(12, 70));
      const { report: given, findings } = await harness.ask(target);
      assert.equal(brief(given), 'hit: 12 of 70 scanners');
      assert.equal(given.sendsAway, true);
      assert.equal(given.database?.updatedAt, 1_704_000_000_000);
      assert.equal(findings[0]?.weight, 'malicious');
      assert.equal(findings[0].title, '12 of 70 scanners at VirusTotal say that it does harm');
      assert.match(findings[0].description ?? '', /^Scanner 0: Trojan\.0; /);
      assert.equal(findings[0].reference, `https://www.virustotal.com/gui/file/${target.sha256}`);
      assert.deepEqual(requests(), [`GET /files/${target.sha256}`]);
      const [request] = harness.server.received;
      assert.equal(request?.body.length, 0);
      assert.doesNotMatch(JSON.stringify(request.headers), /secret|name/);
    });

    it('does not take a file that it has never seen for one without threats', async () => {
      const { report: given, findings } = await harness.ask(harness.file('a', 'unknown'));
      assert.equal(brief(given), 'notKnown: asked by hash; the file was not sent');
      assert.equal(verdictOf({ engines: [given], findings }), 'unknown');
      assert.equal(requests().length, 1);
    });

    it('answers from what it was told a moment ago, without sending anything', async () => {
      const target = harness.file('a', 'known');
      harness.server.known.set(target.sha256, scanners(0, 70));
      assert.equal((await harness.ask(target)).report.sendsAway, true);
      await harness.clock.advance(60_000);
      const { report: given } = await harness.ask(target);
      assert.match(brief(given), /^noHit: none of 70 scanners, asked 1 min( \d+ s)? ago$/);
      assert.equal(given.sendsAway, false);
      assert.equal(requests().length, 1);
      await harness.clock.advance(3_600_000);
      await harness.ask(target);
      assert.equal(requests().length, 2);
    });

    it('says of a file that no scanner has judged just that', async () => {
      const target = harness.file('a', 'known');
      harness.server.known.set(target.sha256, { Alpha: { category: 'timeout', result: null } });
      const { report: given } = await harness.ask(target);
      assert.equal(brief(given), 'notKnown: none of its scanners has judged it');
    });

    it('needs a hash of the whole file', async () => {
      const { path, sizeBytes } = harness.file('a', 'x');
      assert.equal(brief((await harness.ask({ path, sizeBytes })).report), 'notAsked: unreadable');
      assert.deepEqual(requests(), []);
    });
  });

  describe('what takes it to be malicious', () => {
    const cases: readonly [number, number, number, string, string][] = [
      [3, 0, 3, 'malicious', 'hit'],
      [2, 0, 3, 'suspicious', 'hit'],
      [1, 0, 3, 'informational', 'noHit'],
      [1, 2, 3, 'suspicious', 'hit'],
      [0, 1, 3, 'informational', 'noHit'],
      [1, 0, 1, 'malicious', 'hit'],
      [9, 0, 10, 'suspicious', 'hit'],
    ];
    for (const [malicious, suspicious, least, weight, state] of cases) {
      it(`${malicious} malicious and ${suspicious} suspicious of 70, where ${least} are needed: ${weight}`, async () => {
        harness.leastMalicious = least;
        const target = harness.file('a', 'known');
        harness.server.known.set(target.sha256, scanners(malicious, 70, suspicious));
        const { report: given, findings } = await harness.ask(target);
        assert.equal(findings[0]?.weight, weight);
        assert.equal(given.state, state);
        assert.equal(given.detail, `${malicious + suspicious} of 70 scanners`);
        if (weight !== 'malicious') assert.match(findings[0].description ?? '', new RegExp(`takes ${least}`));
      });
    }

    it('names twenty of those that found something, and says how many more there are', async () => {
      const target = harness.file('a', 'known');
      harness.server.known.set(target.sha256, scanners(60, 70));
      const { findings } = await harness.ask(target);
      const names = findings[0]?.description?.split('; ') ?? [];
      assert.equal(names.length, 21);
      assert.equal(names.at(-1), 'and 40 more.');
    });
  });

  describe('consent', () => {
    it('sends nothing while it is switched off, also if the answer were at hand', async () => {
      const target = harness.file('a', 'known');
      harness.server.known.set(target.sha256, scanners(5, 70));
      await harness.ask(target);
      harness.mode = 'off';
      const { report: given, findings } = await harness.ask(target);
      assert.equal(brief(given), 'notAsked: switchedOff');
      assert.deepEqual(findings, []);
      assert.equal(requests().length, 1);
    });

    it('sends nothing without a key', async () => {
      await harness.keys.remove('virustotal');
      for (const mode of ['askEach', 'hashOnly', 'hashAndAskUpload', 'hashAndUpload'] as const) {
        harness.mode = mode;
        const { report: given } = await harness.ask(harness.file('a', 'x'));
        assert.equal(brief(given), 'notAsked: notConfigured: no API key is set');
      }
      assert.deepEqual(requests(), []);
      assert.deepEqual(harness.questions, []);
    });

    it('tells of folders beforehand that it is asked about none of their files', async () => {
      assert.equal(await harness.virusTotal.declinesFolders(), undefined);
      await harness.keys.remove('virustotal');
      assert.equal((await harness.virusTotal.declinesFolders())?.reason, 'notConfigured');
      harness.mode = 'off';
      assert.equal((await harness.virusTotal.declinesFolders())?.reason, 'switchedOff');
    });

    it('sends nothing that was refused', async () => {
      harness.mode = 'askEach';
      const target = harness.file('a', 'x');
      assert.equal(brief((await harness.ask(target)).report), 'notAsked: noConsent');
      assert.deepEqual(requests(), []);
      const about = { service: 'VirusTotal at 127.0.0.1', content: 'hash', path: target.path };
      assert.deepEqual(harness.questions, [[{ ...about, sha256: target.sha256 }]]);
    });

    it('sends the hash alone where only that was allowed', async () => {
      harness.mode = 'askEach';
      harness.answerTo = () => 'allow';
      const target = harness.file('a', 'x');
      assert.match(brief((await harness.ask(target)).report), /^notKnown/);
      assert.deepEqual(requests(), [`GET /files/${target.sha256}`]);
      assert.equal(harness.questions.length, 1);
    });

    it('asks before each upload where hashes are allowed', async () => {
      harness.mode = 'hashAndAskUpload';
      const refused = harness.file('a', 'x');
      assert.match(brief((await harness.ask(refused)).report), /^notKnown.*was not sent$/);
      harness.answerTo = () => 'allow';
      const allowed = harness.file('b', 'y');
      assert.match(brief((await harness.ask(allowed)).report), /^noHit/);
      assert.deepEqual(
        harness.questions.map(([about]) => [about?.content, about && 'path' in about && about.path]),
        [
          ['file', refused.path],
          ['file', allowed.path],
        ],
      );
      const uploads = harness.server.received.filter(({ method }) => method === 'POST');
      assert.equal(uploads.length, 1);
      assert.ok(uploads[0]?.body.includes('y'));
    });

    it('sends nothing when consent is taken back while a request waits for its turn', async () => {
      const targets = Array.from({ length: 6 }, (_, index) => harness.file(`f${index}`, `content ${index}`));
      const asking = Promise.all(targets.map((target) => harness.virusTotal.ask(target, quiet())));
      while (requests().length < 4) await harness.clock.advance(0);
      harness.mode = 'off';
      const answers = await harness.run(asking);
      assert.equal(requests().length, 4);
      assert.equal(answers.filter(({ report: given }) => given.reason === 'noConsent').length, 2);
    });

    for (const [before, answer] of [
      ['askEach', 'allowAll'],
      ['hashAndUpload', 'refuse'],
    ] as const) {
      for (const after of ['off', 'hashOnly', 'hashAndAskUpload'] as const) {
        it(`uploads nothing when ${before} becomes ${after} while the hash is asked about`, async () => {
          harness.mode = before;
          harness.answerTo = ([about]) => (about?.content === 'hash' ? answer : 'refuse');
          harness.server.instead = ({ method }) => {
            if (method === 'GET') harness.mode = after;
            return false;
          };
          const target = harness.file('a', 'private');
          const { report: given } = await harness.ask(target);
          assert.equal(given.state, 'notKnown');
          assert.deepEqual(requests(), [`GET /files/${target.sha256}`]);
        });
      }
    }

    it('sends nothing when it is switched off while a question is open', async () => {
      harness.mode = 'askEach';
      harness.answerTo = () => {
        harness.mode = 'off';
        return 'allowAll';
      };
      assert.equal(brief((await harness.ask(harness.file('a', 'x'))).report), 'notAsked: noConsent');
      assert.deepEqual(requests(), []);
    });

    it('tells beforehand exactly what leaves, whatever the mode', async () => {
      harness.answerTo = () => 'allowAll';
      for (const mode of ['askEach', 'hashOnly', 'hashAndAskUpload', 'hashAndUpload'] as const) {
        harness.mode = mode;
        const target = harness.file(`very private ${mode}.txt`, `content of ${mode}`);
        harness.told.length = 0;
        harness.server.received.length = 0;
        harness.steps.length = 0;
        await harness.ask(target);
        const sent = harness.server.received.flatMap(({ method, path, body, headers }) => {
          assert.equal(headers['x-apikey'], testKey);
          assert.doesNotMatch(`${path} ${JSON.stringify(headers)} ${body.toString()}`, /private/);
          if (path.startsWith('/analyses/')) return [];
          return body.includes(`content of ${mode}`)
            ? ['file']
            : [method === 'GET' ? `hash ${path.slice(7)}` : '?'];
        });
        const told = harness.told.map((egress) =>
          egress.content === 'hash' ? `hash ${egress.sha256}` : egress.content,
        );
        assert.deepEqual(sent, told);
        assert.deepEqual(
          sent,
          mode === 'hashOnly' ? [`hash ${target.sha256}`] : [`hash ${target.sha256}`, 'file'],
        );
        const shown = harness.steps.filter((step) => step.startsWith('sending'));
        assert.deepEqual(
          [...new Set(shown)],
          mode === 'hashOnly' ? ['sending hash'] : ['sending hash', 'sending file'],
        );
      }
    });
  });

  describe('uploads', () => {
    beforeEach(() => {
      harness.mode = 'hashAndUpload';
    });

    it('sends a small file directly, and waits for the analysis', async () => {
      harness.server.uploadResults = scanners(5, 70);
      const target = harness.file('a', 'never seen');
      const { report: given, findings } = await harness.ask(target);
      assert.equal(brief(given), 'hit: 5 of 70 scanners');
      assert.equal(findings[0]?.weight, 'malicious');
      assert.deepEqual(
        requests().map((line) => line.replace(/analyses.*/, 'analyses')),
        [`GET /files/${target.sha256}`, 'POST /files', 'GET /analyses', 'GET /analyses', 'GET /analyses'],
      );
      assert.ok(harness.server.received[1]?.body.includes(`filename="${target.sha256}"`));
      await harness.ask(target);
      assert.equal(requests().length, 5, 'the answer is kept');
    });

    it('sends a file above 32 MB to an address of its own', async () => {
      const target = harness.sparseFile('large', directUploadBytes + 1);
      const { report: given } = await harness.ask(target);
      assert.match(brief(given), /^noHit/);
      assert.deepEqual(requests().slice(0, 3), [
        `GET /files/${target.sha256}`,
        'GET /files/upload_url',
        'POST /_ah/upload/once',
      ]);
    });

    for (const [where, url] of [
      ['another host', 'http://127.0.0.2:1/upload'],
      ['another service of the host', 'http://127.0.0.1:1/upload'],
      ['no address', 'upload here'],
    ] as const) {
      it(`sends nothing where it is told to send it to ${where}`, async () => {
        harness.server.instead = ({ path }, response) => {
          if (path !== '/files/upload_url') return false;
          json(response, 200, { data: url });
          return true;
        };
        const { report: given } = await harness.ask(harness.sparseFile('large', directUploadBytes + 1));
        assert.match(brief(given), /^failed: failed/);
        assert.ok(!requests().some((line) => line.startsWith('POST')));
      });
    }

    it('sends neither an empty file nor one above 650 MB', async () => {
      const large: FileTarget = {
        path: '/nowhere',
        sizeBytes: largestUploadBytes + 1,
        sha256: 'b'.repeat(64),
      };
      assert.match(brief((await harness.ask(large)).report), /^notKnown.*larger than the 650 MB/);
      assert.match(brief((await harness.ask(harness.file('a', ''))).report), /^notKnown.*empty/);
      assert.equal(requests().length, 2);
    });

    it('says that an analysis which stays queued has not answered', async () => {
      harness.server.queuedPolls = Infinity;
      const started = harness.clock.monotonicMs();
      const { report: given, findings } = await harness.ask(harness.file('a', 'x'));
      assert.equal(given.state, 'running');
      assert.match(given.detail ?? '', /still at it/);
      assert.equal(verdictOf({ engines: [given], findings }), 'unknown');
      const tookMs = harness.clock.monotonicMs() - started;
      assert.ok(tookMs > 8 * 60_000 && tookMs < 11 * 60_000, `${tookMs} ms`);
      const polls = requests().filter((line) => line.includes('analyses')).length;
      assert.ok(polls > 5 && polls < 16, `${polls} polls`);
      assert.ok(harness.steps.length > polls, 'it gives signs of life meanwhile');
    });

    const changes: readonly [string, (path: string, sizeBytes: number) => void][] = [
      [
        'was changed',
        (path, sizeBytes) => {
          writeFileSync(path, 'y'.repeat(sizeBytes));
        },
      ],
      [
        'has grown',
        (path) => {
          appendFileSync(path, 'y');
        },
      ],
      [
        'became a link to another',
        (path, sizeBytes) => {
          writeFileSync(`${path} secret`, 'y'.repeat(sizeBytes));
          rmSync(path);
          symlinkSync(`${path} secret`, path);
        },
      ],
    ];
    for (const [what, change] of changes) {
      it(`sends nothing of a file that ${what} since it was scanned`, async () => {
        const sizeBytes = 3_000_000;
        const target = harness.file('a', 'x'.repeat(sizeBytes));
        change(target.path, sizeBytes);
        const { report: given } = await harness.ask(target);
        assert.equal(brief(given), 'failed: changed');
        assert.ok(!requests().some((line) => line.startsWith('POST')), 'it has not arrived in whole');
        // What has left is on its way for some turns of the loop.
        for (let turn = 0; turn < 200 && harness.server.brokenOff.length === 0; turn += 1) await settle();
        await harness.server.stop();
        assert.ok(!Buffer.concat(harness.server.brokenOff).includes('yy'), 'nor in part');
      });
    }

    it('does not let a file be taken in that is changed while it is sent', async () => {
      const sizeBytes = 8_000_000;
      const target = harness.file('a', 'x'.repeat(sizeBytes));
      const piecesSent = uploadOf(target).body();
      assert.ok(piecesSent.type === 'pieces');
      await assert.rejects(
        async () => {
          for await (const piece of piecesSent.pieces) {
            if (Buffer.from(piece).includes('form-data')) writeFileSync(target.path, 'y'.repeat(sizeBytes));
          }
        },
        { code: 'upload.changed' },
      );
    });

    it('says that a file is gone', async () => {
      const target = harness.file('a', 'x');
      rmSync(target.path);
      assert.equal(brief((await harness.ask(target)).report), 'failed: unreadable: vanished');
    });

    it('says that a file it refuses was refused', async () => {
      harness.server.instead = ({ method }, response) => {
        if (method !== 'POST') return false;
        error(response, 413, 'FileTooBig');
        return true;
      };
      const { report: given } = await harness.ask(harness.file('a', 'x'));
      assert.equal(brief(given), 'failed: failed: it answered with 413 FileTooBig');
    });
  });

  describe('answers that are none', () => {
    const hash = (target: { readonly sha256: string }): unknown =>
      report('files', target.sha256, scanners(1, 2));
    const bodies: readonly [string, (target: { readonly sha256: string }) => string][] = [
      ['no JSON', () => '<html>'],
      ['nothing', () => ''],
      ['half of an answer', (target) => JSON.stringify({ data: hash(target) }).slice(0, -40)],
      ['JSON of another shape', () => '{"data": []}'],
      [
        'counts below zero',
        (target) => JSON.stringify({ data: hash(target) }).replace('"malicious":1', '"malicious":-1'),
      ],
      ['another file', () => JSON.stringify({ data: report('files', 'c'.repeat(64), scanners(0, 70)) })],
    ];
    for (const [what, bodyFor] of bodies) {
      it(`fails on ${what}`, async () => {
        const target = harness.file('a', 'x');
        harness.server.instead = (_request, response) => {
          response.writeHead(200).end(bodyFor(target));
          return true;
        };
        const { report: given, findings } = await harness.ask(target);
        assert.match(brief(given), /^failed: failed: /);
        assert.equal(verdictOf({ engines: [given], findings }), 'error');
      });
    }

    it('gives up on a body that drips', async () => {
      let closed: (() => void) | undefined;
      const hungUp = new Promise<void>((resolve) => (closed = resolve));
      let began: (() => void) | undefined;
      const begun = new Promise<void>((resolve) => (began = resolve));
      harness.server.instead = (_request, response) => {
        response.writeHead(200).write('{');
        response.on('close', () => closed?.());
        began?.();
        return true;
      };
      const asking = harness.virusTotal.ask(harness.file('a', 'x'), quiet());
      await begun;
      await harness.clock.advance(30_000);
      assert.equal(brief((await asking).report), 'failed: timedOut');
      await hungUp;
    });

    it('says that it is still at a file that it knows', async () => {
      harness.server.instead = (_request, response) => {
        error(response, 400, 'NotAvailableYet');
        return true;
      };
      assert.equal((await harness.ask(harness.file('a', 'x'))).report.state, 'running');
    });

    it('is cancelled while it waits for an answer', async () => {
      const controller = new AbortController();
      harness.server.instead = () => {
        controller.abort();
        return true;
      };
      const { report: given } = await harness.ask(harness.file('a', 'x'), controller.signal);
      assert.equal(brief(given), 'failed: cancelled');
    });
  });
});

function quiet(): { signal: AbortSignal; tell: () => void } {
  return { signal: new AbortController().signal, tell: () => undefined };
}
