import assert from 'node:assert/strict';
import {
  type ConsentAnswer,
  type ConsentQuestion,
  VirusTotalConsent,
  type VirusTotalMode,
  virusTotalModes,
} from '../../../src/services/consent/virusTotalConsent';
import { settle } from '../support/fakeClock';

const hash = (name: string) =>
  ({ service: 'VirusTotal', content: 'hash', path: `/${name}`, sha256: 'a'.repeat(64) }) as const;
const file = (name: string) =>
  ({ service: 'VirusTotal', content: 'file', path: `/${name}`, sizeBytes: 1 }) as const;
const url = { service: 'VirusTotal', content: 'url', url: 'https://example.org' } as const;
const never = new AbortController().signal;

describe('consent to ask VirusTotal', () => {
  function make(mode: VirusTotalMode): {
    consent: VirusTotalConsent;
    asked: Parameters<ConsentQuestion>[0][];
    answer: (answer: ConsentAnswer) => Promise<void>;
    set: (mode: VirusTotalMode) => void;
  } {
    const current = { mode };
    const asked: Parameters<ConsentQuestion>[0][] = [];
    const open: ((answer: ConsentAnswer) => void)[] = [];
    const consent = new VirusTotalConsent({
      mode: () => current.mode,
      question: (about) => {
        asked.push(about);
        return new Promise((resolve) => open.push(resolve));
      },
    });
    return {
      consent,
      asked,
      answer: async (answer) => {
        open.shift()?.(answer);
        await settle();
      },
      set: (next) => {
        current.mode = next;
      },
    };
  }

  const table: readonly [VirusTotalMode, string, string, string][] = [
    ['off', 'no', 'no', 'no'],
    ['askEach', 'asks', 'no', 'asks'],
    ['hashOnly', 'hash', 'no', 'asks'],
    ['hashAndAskUpload', 'hash', 'asks', 'asks'],
    ['hashAndUpload', 'hashAndFile', 'yes', 'lookUpAndSubmit'],
  ];
  for (const [mode, forHash, forFile, forUrl] of table) {
    it(`${mode}: a hash ${forHash}, a file ${forFile}, an address ${forUrl}`, async () => {
      const { consent, asked } = make(mode);
      const outcome = async (ask: Promise<unknown>, yes?: string): Promise<unknown> => {
        const before = asked.length;
        let result: unknown = 'asks';
        void ask.then((value) => (result = value));
        await settle();
        if (asked.length > before) return result === 'asks' ? 'asks' : 'asked and answered at once';
        return result === true ? yes : result === false ? 'no' : result;
      };
      assert.equal(await outcome(consent.forHash(hash('a'), never)), forHash);
      assert.equal(await outcome(make(mode).consent.forFile(file('a'), never), 'yes'), forFile);
      const other = make(mode);
      const answered = other.consent.forUrl(url, never);
      await settle();
      assert.equal(other.asked.length === 1 ? 'asks' : await answered, forUrl);
    });
  }
  it('the table is about every mode', () => {
    assert.deepEqual(
      table.map(([mode]) => mode),
      virusTotalModes,
    );
  });

  it('asks one question at a time, and in one about all that has gathered meanwhile', async () => {
    const { consent, asked, answer } = make('askEach');
    const results: string[] = [];
    for (let index = 0; index < 20; index++)
      void consent.forHash(hash(`${index}`), never).then((result) => results.push(result));
    await settle();
    assert.deepEqual(
      asked.map((about) => about.length),
      [1],
    );
    await answer('refuse');
    assert.deepEqual(results, ['no']);
    assert.deepEqual(
      asked.map((about) => about.length),
      [1, 19],
    );
    await answer('allow');
    assert.deepEqual(results, ['no', ...Array.from({ length: 19 }, () => 'hash')]);
  });

  it('does not mix what is to be sent in one question', async () => {
    const { consent, asked, answer } = make('hashAndAskUpload');
    const first = consent.forFile(file('a'), never);
    const others = [consent.forUrl(url, never), consent.forFile(file('b'), never)];
    await settle();
    await answer('allow');
    await answer('allow');
    await answer('refuse');
    assert.equal(await first, true);
    assert.deepEqual(await Promise.all(others), ['lookUp', false]);
    assert.deepEqual(
      asked.map((about) => about.map(({ content }) => content)),
      [['file'], ['url'], ['file']],
    );
  });

  it('asks no more once it was told to stop, until the setting changes', async () => {
    const { consent, asked, answer } = make('askEach');
    const waiting = [consent.forHash(hash('a'), never), consent.forHash(hash('b'), never)];
    await settle();
    await answer('stop');
    assert.deepEqual(await Promise.all(waiting), ['no', 'no']);
    assert.equal(await consent.forHash(hash('c'), never), 'no');
    assert.equal(asked.length, 1);
    consent.reset();
    void consent.forHash(hash('d'), never);
    await settle();
    assert.equal(asked.length, 2);
  });

  it('a scan that was cancelled waits for no answer, and is not asked about', async () => {
    const { consent, asked, answer } = make('askEach');
    const open = new AbortController();
    const waiting = new AbortController();
    const first = consent.forHash(hash('a'), open.signal);
    const second = consent.forHash(hash('b'), waiting.signal);
    await settle();
    waiting.abort();
    open.abort();
    assert.deepEqual(await Promise.all([first, second]), ['no', 'no']);
    await answer('allowAll');
    assert.equal(asked.length, 1);
  });

  it('whoever could not be asked has not consented', async () => {
    const consent = new VirusTotalConsent({
      mode: () => 'askEach',
      question: () => Promise.reject(new Error('no window')),
    });
    assert.equal(await consent.forHash(hash('a'), never), 'no');
  });

  it('holds as long as the setting is the same, or allows it by itself', () => {
    for (const given of virusTotalModes) {
      for (const later of virusTotalModes) {
        const { consent, set } = make(given);
        const [forHash, forFile] = [consent.lasting('hash'), consent.lasting('file')];
        set(later);
        const same = given === later;
        assert.equal(forHash(), same || later.startsWith('hash'), `${given}, then ${later}`);
        assert.equal(forFile(), same || later === 'hashAndUpload', `${given}, then ${later}`);
      }
    }
  });
});
