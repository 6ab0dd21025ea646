import assert from 'node:assert/strict';
import type { FileTarget } from '../../../../src/services/scan/fileEngine';
import type { EngineReport } from '../../../../src/shared/scan/record';
import { VirusTotalHarness } from './support/virusTotalHarness';
import { error } from './support/virusTotalServer';

const brief = ({ state, reason, detail }: EngineReport): string =>
  [state, reason, detail].filter((part) => part !== undefined).join(': ');

describe('VirusTotal about the same content', function () {
  this.timeout(20_000);
  let harness: VirusTotalHarness;

  beforeEach(async () => {
    harness = new VirusTotalHarness();
    await harness.start();
  });
  afterEach(() => harness.stop());

  const requests = (): string[] => harness.server.lines();
  const copies = (count: number): FileTarget[] =>
    Array.from({ length: count }, (_, index) => harness.file(`copy ${index}`, 'the same'));
  const askAll = (targets: readonly FileTarget[]): Promise<EngineReport[]> =>
    harness.run(
      Promise.all(targets.map(async (target) => (await harness.virusTotal.ask(target, quiet())).report)),
    );
  const kinds = (): string[] => requests().map((line) => line.replace(/s\/.*/, 's'));

  it('sends one request for all who ask at the same time', async () => {
    const reports = await askAll(copies(12));
    assert.deepEqual(
      [...new Set(reports.map((given) => brief(given)))],
      ['notKnown: asked by hash; the file was not sent'],
    );
    assert.equal(requests().length, 1);
  });

  it('asks again about what is not known only after some minutes, and says how old that is', async () => {
    const [target] = copies(1);
    assert.ok(target);
    assert.equal((await harness.ask(target)).report.sendsAway, true);
    await harness.clock.advance(120_000);
    const { report: given } = await harness.ask(target);
    assert.match(brief(given), /^notKnown: asked by hash 2 min( \d+ s)? ago; the file was not sent$/);
    assert.equal(given.sendsAway, false);
    assert.equal(requests().length, 1);
    await harness.clock.advance(600_000);
    await harness.ask(target);
    assert.equal(requests().length, 2);
  });

  it('uploads it once, without asking by hash again', async () => {
    await askAll(copies(1));
    harness.mode = 'hashAndUpload';
    const reports = await askAll(copies(5));
    assert.deepEqual([...new Set(reports.map(({ state }) => state))], ['noHit']);
    assert.deepEqual(kinds(), [
      'GET /files',
      'POST /files',
      'GET /analyses',
      'GET /analyses',
      'GET /analyses',
    ]);
  });

  it('answers those who still wait when the first of them is cancelled', async () => {
    const [first, second] = copies(2);
    assert.ok(first && second);
    const controller = new AbortController();
    harness.server.instead = () => {
      controller.abort();
      return false;
    };
    const [cancelled, answered] = await harness.run(
      Promise.all([
        harness.virusTotal.ask(first, { ...quiet(), signal: controller.signal }),
        harness.virusTotal.ask(second, quiet()),
      ]),
    );
    assert.equal(brief(cancelled.report), 'failed: cancelled');
    assert.equal(answered.report.state, 'notKnown');
    assert.equal(requests().length, 1);
  });

  it('is asked about again when the last answer was none', async () => {
    harness.server.instead = (_request, response) => {
      error(response, 400, 'BadRequestError');
      return true;
    };
    const [target] = copies(1);
    assert.ok(target);
    assert.equal((await harness.ask(target)).report.state, 'failed');
    harness.server.instead = undefined;
    assert.equal((await harness.ask(target)).report.state, 'notKnown');
  });
});

function quiet(): { signal: AbortSignal; tell: () => void } {
  return { signal: new AbortController().signal, tell: () => undefined };
}
