import assert from 'node:assert/strict';
import type { EngineAnswer, EngineControl } from '../../../../../../src/services/scan/fileEngine';
import { VirusTotalUrlEngine } from '../../../../../../src/services/scan/url/online/services/virusTotalUrlEngine';
import type { EngineReport } from '../../../../../../src/shared/scan/record';
import type { Verdict } from '../../../../../../src/shared/scan/verdict';
import { askEngine, stateOf } from '../support/services';

const url = 'http://shop.example/a';

describe('VirusTotal about links', () => {
  const setUp = (report: Partial<EngineReport> = {}, isEnabled = true) => {
    const asked: string[] = [];
    const controls: EngineControl[] = [];
    const links = {
      urlReport: (link: string, control: EngineControl): Promise<EngineAnswer> => {
        asked.push(link);
        controls.push(control);
        const whole = {
          id: 'virustotal',
          name: 'VirusTotal',
          state: 'noHit',
          sendsAway: true,
          ...report,
        } as const;
        return Promise.resolve({ report: whole, findings: [] });
      },
    };
    const engine = new VirusTotalUrlEngine({ links, isEnabled: () => isEnabled });
    return { asked, controls, links, engine };
  };

  it('is asked without names, passwords and fragments', async () => {
    const { engine, asked } = setUp();
    assert.equal(engine.sends, 'url');
    assert.equal(stateOf(await askEngine(engine, 'http://me:secret@shop.example/a?b#c')), 'noHit');
    assert.deepEqual(asked, ['http://shop.example/a?b']);
  });

  it('is not asked when it is switched off, nor about what means nothing to it', async () => {
    const off = setUp({}, false);
    assert.equal(stateOf(await askEngine(off.engine, url)), 'notAsked: switchedOff');
    const { engine, asked } = setUp();
    for (const link of ['http://localhost/', 'http://192.168.0.1/', 'https://wiki.corp/', 'data:,x']) {
      assert.equal(stateOf(await askEngine(engine, link)), 'notAsked: notApplicable', link);
    }
    assert.deepEqual([...off.asked, ...asked], []);
  });

  const said: readonly (readonly [state: string, report: Partial<EngineReport>, verdict: Verdict])[] = [
    ['hit', { state: 'hit' }, 'suspicious'],
    ['noHit', { state: 'noHit' }, 'noThreatFound'],
    ['notKnown', { state: 'notKnown' }, 'unknown'],
    ['running', { state: 'running' }, 'unknown'],
    ['notAsked: noConsent', { state: 'notAsked', reason: 'noConsent' }, 'unknown'],
    ['notAsked: notConfigured', { state: 'notAsked', reason: 'notConfigured' }, 'unknown'],
    ['failed: quotaExceeded', { state: 'failed', reason: 'quotaExceeded' }, 'error'],
    ['failed: badKey', { state: 'failed', reason: 'badKey' }, 'error'],
    ['failed: unreachable', { state: 'failed', reason: 'unreachable' }, 'error'],
    ['failed: timedOut', { state: 'failed', reason: 'timedOut' }, 'error'],
  ];
  for (const [state, report, verdict] of said) {
    it(`says for itself ${state}: ${verdict}`, async () => {
      const result = await askEngine(setUp(report).engine, url);
      assert.equal(stateOf(result), state);
      assert.equal(result.verdict, verdict);
    });
  }

  it('that breaks its word and rejects has failed', async () => {
    const { engine, links } = setUp();
    links.urlReport = () => Promise.reject(new Error('broken'));
    assert.equal(stateOf(await askEngine(engine, url)), 'failed: failed');
  });

  it('hears when the scan is cancelled', async () => {
    const { engine, controls } = setUp();
    const { signal } = new AbortController();
    await askEngine(engine, url, { signal });
    assert.equal(controls[0]?.signal, signal);
  });
});
