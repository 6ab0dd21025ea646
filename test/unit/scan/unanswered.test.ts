import assert from 'node:assert/strict';
import { engineText } from '../../../src/shared/presentation/engineReasons';
import { reportMarkdown } from '../../../src/shared/presentation/reportMarkdown';
import { engineAnswer } from '../../../src/shared/presentation/reportTexts';
import type { EngineReason, EngineState } from '../../../src/shared/scan/record';
import type { Verdict } from '../../../src/shared/scan/verdict';
import { ScanResults } from '../../../src/ui/scan/scanResults';
import { exported, parsedCsv, useFolder } from '../history/export/support/exporting';
import { english } from '../support/translate';
import { fileResult, plainEngines } from './support/fakeCoordinator';
import { AskedEngine, ScanHarness } from './support/scanHarness';

describe('engines that did not answer', () => {
  let scans: ScanHarness;

  beforeEach(() => {
    scans = new ScanHarness();
  });
  afterEach(() => scans.stop());

  const folder = useFolder();
  const cases: readonly [EngineState, EngineReason, Verdict][] = [
    ['failed', 'failed', 'error'],
    ['failed', 'timedOut', 'error'],
    ['failed', 'unreachable', 'error'],
    ['failed', 'quotaExceeded', 'error'],
    ['failed', 'badKey', 'error'],
    ['failed', 'notReady', 'error'],
    ['failed', 'cancelled', 'error'],
    ['partial', 'partial', 'unknown'],
    ['notAsked', 'tooLarge', 'unknown'],
  ];
  for (const [state, reason, verdict] of cases) {
    it(`never read as "no threat found": ${state}, ${reason}`, async () => {
      const one = new AskedEngine('clamav');
      const task = await scans.start(one);
      const local = plainEngines.slice(0, 2);
      scans.thread.last.reply.resolve(fileResult({ engines: [...local] }));
      await scans.quiet();
      await one.say(state, { name: 'ClamAV', reason });
      const record = await scans.recordOf(task);
      assert.equal(record.verdict, verdict);
      assert.match(record.summary, /^Not judged(?: in whole)?\. ClamAV /);
      const engine = record.engines.find(({ id }) => id === 'clamav')!;
      for (const text of [engineText(engine), engineAnswer(engine, 0, true), record.summary]) {
        if (state !== 'partial') assert.doesNotMatch(text, /nothing|no threat/i);
      }
      assert.doesNotMatch(reportMarkdown(record), /No threat found|^\| ClamAV \| Nothing found \|/m);
      const toasts: string[] = [];
      new ScanResults({
        notifications: {
          success: () => toasts.push('success'),
          warning: () => toasts.push('warning'),
          error: () => toasts.push('error'),
        },
        openReport: () => undefined,
        showHistory: () => undefined,
        t: english,
      }).tell([record]);
      assert.deepEqual(toasts, ['warning']);
      const [row] = parsedCsv(exported(folder.file('a.csv'), 'csv', [record]).text);
      assert.ok(row);
      assert.doesNotMatch(Object.values(row).join('\n'), /noThreatFound|no threat found/i);
      const json = exported(folder.file('a.json'), 'json', [record]).text;
      assert.doesNotMatch(json, /noThreatFound|no threat found/i);
      const sarif = JSON.parse(exported(folder.file('a.sarif'), 'sarif', [record]).text) as {
        runs: { invocations: { executionSuccessful: boolean; properties: { verdict: string } }[] }[];
      };
      const invocation = sarif.runs[0]?.invocations[0];
      assert.equal(invocation?.properties.verdict, verdict);
      if (state === 'failed') assert.equal(invocation.executionSuccessful, false);
      assert.match(
        JSON.stringify(invocation),
        /ClamAV (?:gave no answer|found nothing in the part|was not asked)/,
      );
    });
  }

  it('leave the verdict to those who did when they were not asked for lack of a key, and say so', async () => {
    const one = new AskedEngine('virustotal');
    const task = await scans.start(one);
    scans.thread.last.reply.resolve(fileResult());
    await scans.quiet();
    await one.say('notAsked', { name: 'VirusTotal', reason: 'notConfigured' });
    const record = await scans.recordOf(task);
    assert.equal(record.verdict, 'noThreatFound');
    const text = 'VirusTotal was not asked, because it is not set up.';
    assert.equal(engineText(record.engines.at(-1)!), text);
    const [row] = parsedCsv(exported(folder.file('a.csv'), 'csv', [record]).text);
    assert.ok(Object.values(row ?? {}).some((cell) => cell.includes(text)));
    assert.ok(exported(folder.file('a.sarif'), 'sarif', [record]).text.includes(text));
  });
});
