import assert from 'node:assert/strict';
import { type NotificationLevel, Notifications } from '../../../src/ui/notifications';
import { FakeClock, settle } from '../support/fakeClock';
import { RecordingLogger } from '../support/recordingLogger';
import { english } from '../support/translate';

interface Toast {
  readonly kind: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly labels: readonly string[];
  readonly choose: (label?: string) => void;
}

function setUp(level: NotificationLevel = 'all') {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const toasts: Toast[] = [];
  let logShown = 0;
  const show =
    (kind: Toast['kind']) =>
    (message: string, ...labels: string[]): Promise<string | undefined> =>
      new Promise((choose) => toasts.push({ kind, message, labels, choose }));
  const notifications = new Notifications({
    window: {
      showInformationMessage: show('info'),
      showWarningMessage: show('warning'),
      showErrorMessage: show('error'),
    },
    clock,
    logger,
    t: english,
    level,
    showLog: () => logShown++,
  });
  const messages = (): string[] => toasts.map(({ message }) => message);
  return { notifications, clock, logger, toasts, messages, logShown: () => logShown };
}

describe('Notifications', () => {
  it('are toasts of their severity', () => {
    const { notifications, toasts } = setUp();
    notifications.success('s');
    notifications.warning('w');
    notifications.error('e');
    assert.deepEqual(
      toasts.map(({ kind, message }) => `${kind} ${message}`),
      ['info s', 'warning w', 'error e'],
    );
  });

  it('run the action that was chosen, and nothing when closed', async () => {
    const { notifications, toasts, logShown } = setUp();
    const ran: string[] = [];
    const action = (label: string) => ({ label, run: () => ran.push(label) });
    notifications.info('one', action('A'), action('B'));
    toasts[0]?.choose('B');
    notifications.offerLog('two');
    toasts[1]?.choose(undefined);
    await settle();
    assert.deepEqual([ran, logShown()], [['B'], 0]);
    assert.deepEqual(toasts[1]?.labels, ['Show Log']);
  });

  it('log an action that fails', async () => {
    const { notifications, toasts, logger } = setUp();
    const failing = { label: 'Open', run: () => Promise.reject(new Error('no')) };
    notifications.warning('look', failing);
    toasts[0]?.choose('Open');
    await settle();
    assert.equal(logger.of('error').length, 1);
  });

  for (const [level, shown] of [
    ['all', ['success', 'info', 'warning', 'error']],
    ['important', ['warning', 'error']],
    ['none', []],
  ] as const) {
    it(`of the level "${level}": ${shown.join(', ') || 'none'}; the others are in the log`, () => {
      const { notifications, messages, logger, clock } = setUp(level);
      for (const severity of ['success', 'info', 'warning', 'error'] as const) {
        notifications[severity](severity);
        assert.equal(notifications.shows(severity), (shown as readonly string[]).includes(severity));
      }
      assert.deepEqual(messages(), shown);
      assert.equal(logger.of('info').length, 4 - shown.length);
      assert.equal(clock.pendingTimers, shown.length);
    });
  }

  it('obey a level that changes', async () => {
    const { notifications, messages, clock } = setUp('all');
    notifications.info('first');
    notifications.info('waiting');
    notifications.configure('important');
    await clock.advance(10_000);
    notifications.info('later');
    assert.deepEqual(messages(), ['first']);
  });

  describe('in a burst', () => {
    it('show the first at once and the others as one', async () => {
      const { notifications, messages, clock, toasts } = setUp();
      for (const name of ['A', 'B', 'C', 'D', 'E', 'F']) notifications.offerLog(`${name} failed.`);
      assert.deepEqual(messages(), ['A failed.']);
      await clock.advance(1_999);
      assert.equal(toasts.length, 1);
      await clock.advance(1);
      assert.deepEqual(messages(), ['A failed.', 'B failed. C failed. D failed. And 2 more.']);
      assert.deepEqual(toasts[1]?.labels, ['Show Log'], 'the action that all of them have');
      await clock.advance(10_000);
      assert.equal(clock.pendingTimers, 0);
    });

    it('keep no action that belongs to one of them alone', async () => {
      const { notifications, clock, toasts } = setUp();
      const open = () => ({ label: 'Open', run: () => undefined });
      for (const name of ['A', 'B', 'C']) notifications.success(name, open());
      await clock.advance(2_000);
      assert.deepEqual(toasts[1]?.labels, []);
    });

    it('keep the action of a single one that waited', async () => {
      const { notifications, clock, toasts } = setUp();
      notifications.success('A');
      notifications.success('B', { label: 'Open', run: () => undefined });
      await clock.advance(2_000);
      assert.deepEqual([toasts[1]?.message, toasts[1]?.labels], ['B', ['Open']]);
    });

    it('say the same thing once', async () => {
      const { notifications, messages, clock } = setUp();
      for (let time = 0; time < 5; time++) notifications.error('same');
      await clock.advance(2_000);
      notifications.error('same');
      assert.deepEqual(messages(), ['same', 'same'], 'and again when it happens again later');
    });

    it('that goes on for long make one toast for each two seconds', async () => {
      const { notifications, messages, clock } = setUp();
      for (let second = 0; second < 10; second++) {
        notifications.warning(`${second}.`);
        await clock.advance(1_000);
      }
      await clock.advance(10_000);
      assert.ok(messages().length <= 6, messages().join(' | '));
      for (let second = 0; second < 10; second++) assert.ok(messages().join(' ').includes(`${second}.`));
    });

    it('of one severity do not hold up another', () => {
      const { notifications, messages } = setUp();
      notifications.warning('w');
      notifications.error('e');
      assert.deepEqual(messages(), ['w', 'e']);
    });
  });

  it('show nothing after the end, and leave no timer', async () => {
    const { notifications, messages, clock } = setUp();
    notifications.error('first');
    notifications.error('waiting');
    notifications.dispose();
    notifications.dispose();
    notifications.error('late');
    assert.equal(clock.pendingTimers, 0);
    await clock.advance(10_000);
    assert.deepEqual(messages(), ['first']);
  });
});
