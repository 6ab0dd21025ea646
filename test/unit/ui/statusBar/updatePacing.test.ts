import assert from 'node:assert/strict';
import { UpdatePacing } from '../../../../src/ui/statusBar/updatePacing';
import { FakeClock } from '../../support/fakeClock';

describe('updates of the status bar', () => {
  let clock: FakeClock;
  let pacing: UpdatePacing;
  const accept = (percent: number | undefined, rest = ''): boolean =>
    pacing.accept({ percents: [percent], rest });
  beforeEach(() => {
    clock = new FakeClock();
    pacing = new UpdatePacing(clock);
    assert.ok(accept(10), 'the first view is shown');
  });

  it('come at most once a second, whatever changes', async () => {
    await clock.advance(999);
    assert.equal(accept(90, 'error'), false);
    await clock.advance(1);
    assert.equal(accept(90, 'error'), true);
  });

  it('follow a change of two points, and let one that is smaller wait', async () => {
    await clock.advance(3_000);
    assert.equal(accept(11.9), false);
    assert.equal(accept(12), true);
  });

  it('do not let a figure creep away by small steps', async () => {
    await clock.advance(3_000);
    assert.equal(accept(11), false);
    await clock.advance(3_000);
    assert.equal(accept(12.5), true);
  });

  it('make small changes exact, and the tooltip new, within ten seconds', async () => {
    await clock.advance(9_999);
    assert.equal(accept(11), false);
    await clock.advance(1);
    assert.equal(accept(10), true);
  });

  it('follow a colour or another figure at once', async () => {
    await clock.advance(1_000);
    assert.equal(accept(10, 'warning'), true);
  });

  it('follow a figure that goes, and one that comes', async () => {
    await clock.advance(1_000);
    assert.equal(accept(undefined), true);
    await clock.advance(1_000);
    assert.equal(accept(10), true);
  });

  it('show at once after a reset', () => {
    pacing.reset();
    assert.equal(accept(10), true);
  });
});
