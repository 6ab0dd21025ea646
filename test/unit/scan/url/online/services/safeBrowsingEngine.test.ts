import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { parseHashSearch } from '../../../../../../src/services/scan/url/online/services/safeBrowsing/hashSearch';
import { SafeBrowsingEngine } from '../../../../../../src/services/scan/url/online/services/safeBrowsing/safeBrowsingEngine';
import { ServiceError } from '../../../../../../src/services/scan/url/online/services/serviceError';
import { listen, type LoopbackServer } from '../../../../http/support/loopbackServer';
import { Random, testSeed } from '../../../../support/random';
import { field, listedHash, listedPart, threatNumbers, validFor, varint } from '../support/hashSearch';
import { askEngine, key, serviceParts, stateOf } from '../support/services';

const url = 'http://www.shop.example/a/b?c';
const { malware, phishing, unwanted, harmful } = threatNumbers;

describe('Google Safe Browsing', function () {
  this.timeout(10_000);
  let server: LoopbackServer;
  let answer: Buffer;
  let requests: IncomingMessage[];

  beforeEach(async () => {
    answer = validFor(300);
    requests = [];
    server = await listen((request, response) => {
      requests.push(request);
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(answer);
    });
  });
  afterEach(async () => {
    await server.stop();
  });

  const makeEngine = () => {
    const parts = serviceParts();
    return { ...parts, engine: new SafeBrowsingEngine({ ...parts, baseUrl: server.url }) };
  };
  const ask = () => askEngine(makeEngine().engine, url, { registrableDomain: 'shop.example' });

  it('gets the first four bytes of hashes, and nothing else of the link', async () => {
    const { engine } = makeEngine();
    assert.equal(engine.sends, 'hashPrefixes');
    await askEngine(engine, url, { registrableDomain: 'shop.example' });
    const [request = assert.fail()] = requests;
    const { pathname, searchParams, search } = new URL(request.url ?? '', server.url);
    assert.equal(request.method, 'GET');
    assert.equal(pathname, '/v5/hashes:search');
    assert.equal(request.headers['x-goog-api-key'], key);
    assert.ok(!search.includes(key));
    assert.deepEqual([...new Set(searchParams.keys())], ['hashPrefixes']);
    const parts = ['www.shop.example', 'shop.example'].flatMap((host) =>
      ['/a/b?c', '/a/b', '/', '/a/'].map((path) => host + path),
    );
    assert.deepEqual(
      searchParams.getAll('hashPrefixes').map((prefix) => Buffer.from(prefix, 'base64').toString('hex')),
      parts.map((part) => createHash('sha256').update(part).digest('hex').slice(0, 8)),
    );
    assert.ok(!JSON.stringify([request.url, request.rawHeaders]).includes('shop'));
  });

  it('that lists nothing of the link has found nothing', async () => {
    const { report, findings } = await ask();
    assert.equal(report.state, 'noHit');
    assert.deepEqual(findings, []);
  });

  const threats: readonly (readonly [number, string, string, string])[] = [
    [malware, 'MALWARE', 'malicious', 'It is suspected of spreading malware'],
    [phishing, 'SOCIAL_ENGINEERING', 'malicious', 'It is suspected of phishing'],
    [unwanted, 'UNWANTED_SOFTWARE', 'suspicious', 'It is suspected of offering unwanted software'],
    [harmful, 'POTENTIALLY_HARMFUL_APPLICATION', 'suspicious', 'It is suspected of offering harmful apps'],
  ];
  for (const [threat, rule, verdict, title] of threats) {
    it(`that lists the host for ${rule} calls the link ${verdict}`, async () => {
      answer = Buffer.concat([listedPart('shop.example/', { threat }), validFor(300)]);
      const result = await ask();
      assert.equal(result.verdict, verdict);
      assert.deepEqual(
        result.findings.map((finding) => [finding.rule, finding.title]),
        [[rule, title]],
      );
      assert.match(
        result.findings[0]?.description ?? '',
        /^Listed is shop\.example\/\. Advisory provided by Google/,
      );
    });
  }

  it('tells each threat once, with the first part that is listed', async () => {
    answer = Buffer.concat([
      listedPart('www.shop.example/a/b?c', { threat: malware }, { threat: phishing }),
      listedPart('shop.example/', { threat: malware }),
    ]);
    const { findings } = await ask();
    assert.deepEqual(
      findings.map(({ rule, description = '' }) => [rule, description.split('. ')[0]]),
      [
        ['MALWARE', 'Listed is www.shop.example/a/b?c'],
        ['SOCIAL_ENGINEERING', 'Listed is www.shop.example/a/b?c'],
      ],
    );
  });

  it('means another link by hashes that begin alike', async () => {
    const own = createHash('sha256').update('shop.example/').digest();
    const other = Buffer.concat([own.subarray(0, 4), randomBytes(28)]);
    answer = Buffer.concat([listedHash(other, { threat: malware }), validFor(300)]);
    assert.equal((await ask()).report.state, 'noHit');
  });

  it('leaves out what is on trial, for frames only, or of an unknown kind', async () => {
    answer = Buffer.concat([
      listedPart('shop.example/', { threat: malware, attributes: [1] }, { threat: 99 }, { threat: 0 }),
      listedPart(
        'www.shop.example/',
        { threat: phishing, attributes: [2] },
        { threat: malware, attributes: [77] },
      ),
    ]);
    assert.equal((await ask()).report.state, 'noHit');
  });

  it('is not asked again about what it has answered, for as long as it says', async () => {
    answer = Buffer.concat([listedPart('shop.example/', { threat: malware }), validFor(300)]);
    const { engine, clock } = makeEngine();
    const again = (link = url) => askEngine(engine, link, { registrableDomain: 'shop.example' });
    await again();
    assert.equal((await again()).verdict, 'malicious');
    assert.equal(requests.length, 1);
    // Of another link of the host, only what is new is asked about.
    assert.equal((await again('http://www.shop.example/other')).verdict, 'malicious');
    assert.equal(requests.length, 2);
    const { searchParams } = new URL(requests[1]?.url ?? '', server.url);
    assert.equal(searchParams.getAll('hashPrefixes').length, 2);
    await clock.advance(300_000);
    answer = validFor(300);
    assert.equal((await again()).report.state, 'noHit');
    assert.equal(requests.length, 3);
    clock.adjustWallClock(-1_000_000);
    await again();
    assert.equal(requests.length, 4);
  });

  it('is asked again at once when it does not say for how long', async () => {
    answer = Buffer.alloc(0);
    const { engine } = makeEngine();
    await askEngine(engine, url);
    await askEngine(engine, url);
    assert.equal(requests.length, 2);
  });

  const refusals = ['API_KEY_INVALID', 'API key not valid. Please pass a valid API key.', 'API key expired.'];
  for (const message of refusals) {
    it(`refuses a key with a bad request: ${message}`, async () => {
      const refusing = await listen((_request, response) => {
        response.writeHead(400, { 'content-type': 'application/x-protobuf' });
        response.end(Buffer.concat([field(1, 3), field(2, Buffer.from(message))]));
      });
      try {
        const engine = new SafeBrowsingEngine({ ...serviceParts(), baseUrl: refusing.url });
        assert.equal(stateOf(await askEngine(engine, url)), 'failed: badKey');
      } finally {
        await refusing.stop();
      }
    });
  }
});

describe('answers of Google Safe Browsing', () => {
  const binary = (...parts: readonly Buffer[]) =>
    parseHashSearch({
      status: 200,
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.concat(parts),
    });
  const json = (value: unknown) =>
    parseHashSearch({
      status: 200,
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: Buffer.from(JSON.stringify(value)),
    });
  const isFailed = (error: unknown): boolean => error instanceof ServiceError && error.reason === 'failed';
  const hash = createHash('sha256').update('shop.example/').digest();

  it('say the same in both forms', () => {
    const expected = {
      listed: [{ hash: hash.toString('hex'), threats: ['MALWARE', 'UNWANTED_SOFTWARE'] }],
      validMs: 3_500,
    };
    const details = [{ threat: malware }, { threat: phishing, attributes: [1] }, { threat: unwanted }];
    assert.deepEqual(binary(listedHash(hash, ...details), validFor(3, 500_000_000)), expected);
    const fullHashDetails = [
      { threatType: 'MALWARE' },
      { threatType: 'SOCIAL_ENGINEERING', attributes: ['CANARY'] },
      { threatType: 'UNWANTED_SOFTWARE' },
      { threatType: 'OF_LATER_DAYS' },
    ];
    const answer = {
      fullHashes: [{ fullHash: hash.toString('base64'), fullHashDetails }],
      cacheDuration: '3.5s',
    };
    assert.deepEqual(json(answer), expected);
  });

  it('hold a day at most', () => {
    assert.equal(binary(validFor(10_000_000)).validMs, 86_400_000);
    assert.equal(json({ cacheDuration: '10000000s' }).validMs, 86_400_000);
    assert.deepEqual(json({}), { listed: [], validMs: 0 });
  });

  it('may have fields of later days', () => {
    const later = [field(9, 1), field(10, Buffer.from('new')), Buffer.from([0x59, ...Buffer.alloc(8)])];
    const more = [Buffer.from([0x65, 1, 2, 3, 4]), listedHash(hash, { threat: malware })];
    assert.equal(binary(...later, ...more).listed.length, 1);
    const packed = field(
      1,
      Buffer.concat([field(1, hash), field(2, Buffer.concat([field(1, 1), field(2, varint(1))]))]),
    );
    assert.equal(binary(packed).listed.length, 0);
  });

  const damaged: readonly (readonly [string, () => unknown])[] = [
    ['a message that ends in a number', () => binary(Buffer.from([0x80]))],
    ['a number without end', () => binary(Buffer.alloc(20, 0xff))],
    ['a text that is longer than the message', () => binary(Buffer.from([0x0a, 100, 1]))],
    ['a length beyond all measure', () => binary(Buffer.from([0x0a]), varint(2 ** 52))],
    ['a field without a number', () => binary(Buffer.from([0x02, 0]))],
    ['a group', () => binary(Buffer.from([0x0b]))],
    ['a hash of another length', () => binary(field(1, field(1, Buffer.alloc(31))))],
    ['a hit without a hash', () => binary(field(1, field(2, field(1, 1))))],
    ['a hash of another length in JSON', () => json({ fullHashes: [{ fullHash: 'AAAA' }] })],
    ['a duration of another form', () => json({ cacheDuration: 5 })],
    ['a negative duration', () => json({ cacheDuration: '-5s' })],
    ['a list in place of an answer', () => json([])],
  ];
  for (const [what, parse] of damaged) {
    it(`are not believed: ${what}`, () => {
      assert.throws(parse, isFailed);
    });
  }

  it('of random bytes are read or refused, and never crash', function () {
    this.timeout(30_000);
    const random = new Random(testSeed());
    const whole = Buffer.concat([listedHash(hash, { threat: malware }, { threat: phishing }), validFor(300)]);
    for (let count = 0; count < 10_000; count++) {
      const bytes = Buffer.from(whole.subarray(0, random.below(whole.length + 1)));
      for (let changes = random.below(4); changes > 0 && bytes.length > 0; changes--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      try {
        const { listed, validMs } = binary(bytes);
        assert.ok(listed.every((entry) => entry.hash.length === 64 && entry.threats.length > 0));
        assert.ok(validMs >= 0 && validMs <= 86_400_000);
      } catch (error) {
        assert.ok(isFailed(error), bytes.toString('hex'));
      }
    }
  });
});
