import assert from 'node:assert/strict';
import { VirusTotalHarness } from './support/virusTotalHarness';
import { addressId, scanners } from './support/virusTotalServer';

describe('VirusTotal about addresses', function () {
  this.timeout(20_000);
  const url = 'https://example.org/a?b=ü&c=>>>???';
  let harness: VirusTotalHarness;

  beforeEach(async () => {
    harness = new VirusTotalHarness();
    await harness.start();
    harness.answerTo = () => 'allow';
  });
  afterEach(() => harness.stop());

  it('asks for one by its identifier, after consent', async () => {
    harness.server.known.set(addressId(url), scanners(4, 90));
    const { report, findings } = await harness.askUrl(url);
    assert.equal(report.state, 'hit');
    assert.equal(findings[0]?.weight, 'malicious');
    const id = Buffer.from(url).toString('base64url');
    assert.deepEqual(harness.server.lines(), [`GET /urls/${id}`]);
    assert.doesNotMatch(id, /[=/+]/);
    assert.deepEqual(harness.questions, [[{ service: 'VirusTotal at 127.0.0.1', content: 'url', url }]]);
    assert.deepEqual(harness.told, harness.questions[0]);
  });

  it('does not send in what was only to be looked up', async () => {
    const { report } = await harness.askUrl(url);
    assert.equal(report.state, 'notKnown');
    assert.equal(harness.server.received.length, 1);
  });

  it('sends in what may be sent in, and waits for the analysis', async () => {
    harness.answerTo = () => 'allowAll';
    harness.server.uploadResults = scanners(0, 90);
    const { report } = await harness.askUrl(url);
    assert.equal(report.state, 'noHit');
    const [, submitted] = harness.server.received;
    assert.equal(submitted?.path, '/urls');
    assert.equal(new URLSearchParams(submitted.body.toString()).get('url'), url);
  });

  it('sends nothing when it is switched off while the question is open', async () => {
    harness.mode = 'askEach';
    harness.answerTo = () => {
      harness.mode = 'off';
      return 'allowAll';
    };
    assert.equal((await harness.askUrl(url)).report.reason, 'noConsent');
    assert.deepEqual(harness.server.received, []);
  });

  it('sends nothing in when it is switched off while the address is looked up', async () => {
    harness.mode = 'hashAndUpload';
    harness.server.instead = () => {
      harness.mode = 'off';
      return false;
    };
    assert.equal((await harness.askUrl(url)).report.reason, 'noConsent');
    assert.equal(harness.server.received.length, 1);
  });

  it('asks nobody without consent, and nobody where it is switched off', async () => {
    harness.answerTo = () => 'refuse';
    assert.equal((await harness.askUrl(url)).report.reason, 'noConsent');
    harness.mode = 'off';
    assert.equal((await harness.askUrl(url)).report.reason, 'switchedOff');
    assert.equal(harness.questions.length, 1);
    harness.mode = 'hashAndUpload';
    await harness.keys.remove('virustotal');
    assert.equal((await harness.askUrl(url)).report.reason, 'notConfigured');
    assert.deepEqual(harness.server.received, []);
  });
});
