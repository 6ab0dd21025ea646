import assert from 'node:assert/strict';
import * as v from 'valibot';
import { LinkFollowingEngine } from '../../../../../src/services/scan/url/online/linkFollowingEngine';
import type { UrlEngineAnswer } from '../../../../../src/services/scan/url/urlEngine';
import { verdictOf } from '../../../../../src/services/scan/verdict';
import { engineText } from '../../../../../src/shared/presentation/engineReasons';
import { engineReportSchema, findingSchema } from '../../../../../src/shared/scan/record';
import { urlDetailsSchema } from '../../../../../src/shared/url/urlDetails';
import type { Verdict } from '../../../../../src/shared/scan/verdict';
import { type Answer, listen } from '../../../http/support/loopbackServer';
import { pe } from '../../support/programSamples';
import { FakeClock } from '../../../support/fakeClock';
import { FakeResolver, publicAddress, testScope } from './support/following';

describe('link following as an engine', function () {
  this.timeout(10_000);
  interface Asked {
    readonly answer: UrlEngineAnswer;
    readonly verdict: Verdict;
    readonly rules: readonly string[];
    readonly port: string;
  }

  async function ask(respond: Answer, url = 'http://start.example/'): Promise<Asked> {
    const server = await listen(respond);
    const { port } = new URL(server.url);
    const target = new URL(url);
    target.port = port;
    const engine = new LinkFollowingEngine({
      clock: new FakeClock(Date.now()),
      isEnabled: () => true,
      resolver: new FakeResolver({
        'start.example': [[publicAddress]],
        'www.start.example': [[publicAddress]],
        'other.example': [[publicAddress]],
        'inner.example': [['10.0.0.1']],
      }),
      scopeOf: testScope,
    });
    try {
      const answer = await engine.ask(
        { url: target.href, host: target.hostname, registrableDomain: 'start.example' },
        { signal: new AbortController().signal, tell: () => undefined },
      );
      assert.ok(v.is(engineReportSchema, answer.report));
      for (const finding of answer.findings) {
        assert.ok(v.is(findingSchema, finding));
        assert.equal(finding.engine, answer.report.id);
      }
      assert.ok(v.is(urlDetailsSchema, { type: 'url', score: 0, ...answer.details }));
      const verdict = verdictOf({ engines: [answer.report], findings: answer.findings });
      return { answer, verdict, rules: answer.findings.map(({ rule }) => rule), port };
    } finally {
      await server.stop();
    }
  }

  const to =
    (location: string): Answer =>
    (request, response) => {
      const port = request.headers.host?.split(':')[1] ?? '';
      if (request.url === '/') response.writeHead(302, { location: location.replace('PORT', port) }).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<p>end');
    };

  it('finds nothing in a page that is there, and calls nothing safe for that', async () => {
    const { answer, verdict, port } = await ask((_request, response) => response.end('hi'));
    assert.equal(answer.report.state, 'noHit');
    assert.deepEqual(answer.findings, []);
    assert.deepEqual(answer.details, {
      hops: [{ url: `http://start.example:${port}/`, address: publicAddress, status: 200 }],
    });
    assert.equal(verdict, 'unknown');
  });

  const table: readonly [string, readonly string[], string, Verdict][] = [
    ['http://www.start.example:PORT/end', [], 'noHit', 'unknown'],
    ['http://other.example:PORT/end', ['leads-elsewhere'], 'noHit', 'unknown'],
    ['http://127.0.0.2/', ['leads-elsewhere', 'leads-into-local-network'], 'hit', 'suspicious'],
    ['http://inner.example/', ['leads-elsewhere', 'leads-into-local-network'], 'hit', 'suspicious'],
    ['http://0.0.0.0/', ['leads-elsewhere', 'leads-into-local-network'], 'hit', 'suspicious'],
    ['http://192.0.2.1/', ['leads-elsewhere'], 'partial', 'unknown'],
    ['javascript:alert(1)', ['leads-to-dangerous-scheme'], 'hit', 'suspicious'],
    ['data:text/html,x', ['leads-to-dangerous-scheme'], 'hit', 'suspicious'],
    ['vscode://ext/open', ['leads-to-program'], 'noHit', 'unknown'],
    ['http://', [], 'partial', 'unknown'],
    ['http://start.example:25/', [], 'partial', 'unknown'],
    ['/', ['redirect-loop'], 'partial', 'unknown'],
    ['http://gone.example/', ['leads-elsewhere'], 'failed', 'error'],
  ];
  for (const [location, rules, state, verdict] of table) {
    it(`says ${state} of a link to ${location}`, async () => {
      const asked = await ask(to(location));
      assert.deepEqual(asked.rules, rules);
      assert.equal(asked.answer.report.state, state);
      assert.equal(asked.verdict, verdict);
    });
  }

  it('names what it did not follow to as the last step, so that it can be judged', async () => {
    const { answer, port } = await ask(to('ms-msdt:/id%20PCWDiagnostic'));
    assert.deepEqual(answer.details?.hops, [
      { url: `http://start.example:${port}/`, address: publicAddress, status: 302 },
      { url: 'ms-msdt:/id%20PCWDiagnostic' },
    ]);
    let count = 0;
    const endless = await ask((_request, response) => {
      response.writeHead(302, { location: `/${++count}` }).end();
    });
    assert.deepEqual(endless.answer.details?.hops?.at(-1), {
      url: `http://start.example:${endless.port}/6`,
    });
  });

  it('tells with what a page is refused', async () => {
    const { answer } = await ask((_request, response) => response.writeHead(404).end());
    assert.equal(answer.report.state, 'noHit');
    assert.equal(answer.report.detail, 'it answers with 404');
  });

  it('takes it for ordinary that a local server leads to another', async () => {
    const server = await listen((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.2/' }).end(),
    );
    try {
      const engine = new LinkFollowingEngine({ clock: new FakeClock(), isEnabled: () => true });
      const answer = await engine.ask(
        { url: `${server.url}/`, host: '127.0.0.1', localOnPurpose: true },
        { signal: new AbortController().signal, tell: () => undefined },
      );
      assert.equal(answer.report.state, 'partial');
      assert.deepEqual(
        answer.findings.map(({ rule, weight }) => [rule, weight]),
        [['leads-elsewhere', 'informational']],
      );
    } finally {
      await server.stop();
    }
  });

  it('has seen only a part of a link without end', async () => {
    let count = 0;
    const { answer, rules } = await ask((_request, response) => {
      response.writeHead(302, { location: `/${++count}` }).end();
    });
    assert.deepEqual(rules, ['too-many-redirects']);
    assert.equal(
      engineText(answer.report),
      'Link following found nothing in the part that it saw, because there are limits to how much is looked at (no end after 5 redirects).',
    );
  });

  describe('that sends a program', () => {
    const program = pe();
    const send =
      (headers: Record<string, string>, status = 200): Answer =>
      (_request, response) => {
        response.writeHead(status, headers).end(program);
      };
    const downloads: readonly [string, Answer, string, readonly string[]][] = [
      [
        'as what it is',
        send({ 'content-type': 'application/octet-stream' }),
        '/setup.exe',
        ['sends-program'],
      ],
      ['without a word', send({}), '/setup', ['sends-program']],
      [
        'as plain text, as ignorant servers do',
        send({ 'content-type': 'text/plain' }),
        '/setup',
        ['sends-program'],
      ],
      ['as a page', send({ 'content-type': 'text/html' }), '/setup', ['program-in-disguise']],
      ['as a picture', send({ 'content-type': 'IMAGE/png' }), '/a', ['program-in-disguise']],
      ['called a document', send({}), '/invoice.pdf', ['program-in-disguise']],
      [
        'saved as a document',
        send({ 'content-disposition': 'attachment; filename="invoice.pdf"' }),
        '/a',
        ['program-in-disguise'],
      ],
      [
        'in part, as it was asked for',
        send({ 'content-type': 'text/html' }, 206),
        '/a',
        ['program-in-disguise'],
      ],
      ['with an error', send({ 'content-type': 'text/html' }, 404), '/a', []],
    ];
    for (const [how, respond, path, rules] of downloads) {
      it(`${how}: ${rules.join() || 'nothing'}`, async () => {
        assert.deepEqual((await ask(respond, `http://start.example${path}`)).rules, rules);
      });
    }
  });

  it('is not asked about what it cannot follow, or may not', async () => {
    const engine = new LinkFollowingEngine({
      clock: new FakeClock(),
      isEnabled: () => true,
      resolver: new FakeResolver({ 'inner.example': [['10.0.0.1']] }),
    });
    const control = { signal: new AbortController().signal, tell: () => undefined };
    for (const url of [
      'javascript:alert(1)',
      'ftp://example.org/',
      'http://inner.example/',
      'http://[::1]/',
    ]) {
      const { report, findings } = await engine.ask({ url, host: new URL(url).hostname }, control);
      assert.equal(report.state, 'notAsked', url);
      assert.equal(report.reason, 'notApplicable');
      assert.deepEqual(findings, []);
    }
  });

  it('goes past no proxy, but for what is in the own network', async () => {
    const server = await listen((_request, response) => response.end());
    try {
      let usesProxy = true;
      const { port } = new URL(server.url);
      const engine = new LinkFollowingEngine({
        clock: new FakeClock(),
        isEnabled: () => true,
        usesProxy: () => usesProxy,
        resolver: new FakeResolver({ 'start.example': [[publicAddress]] }),
        scopeOf: testScope,
      });
      const control = { signal: new AbortController().signal, tell: () => undefined };
      const target = { url: `http://start.example:${port}/`, host: 'start.example' };
      const { report } = await engine.ask(target, control);
      assert.deepEqual([report.state, report.reason], ['notAsked', 'notApplicable']);
      assert.match(report.detail ?? '', /proxy/);
      const own = { url: `${server.url}/`, host: '127.0.0.1', localOnPurpose: true };
      assert.equal((await engine.ask(own, control)).report.state, 'noHit');
      usesProxy = false;
      assert.equal((await engine.ask(target, control)).report.state, 'noHit');
    } finally {
      await server.stop();
    }
  });

  it('answers to what is no URL, too', async () => {
    const engine = new LinkFollowingEngine({ clock: new FakeClock(), isEnabled: () => true });
    const control = { signal: new AbortController().signal, tell: () => undefined };
    const { report } = await engine.ask({ url: 'http://', host: '' }, control);
    assert.equal(report.state, 'failed');
    assert.equal(report.reason, 'failed');
  });
});
