import { afterEach, beforeEach } from 'mocha';
import { skip } from '../../support/skip';

/**
 * For a suite whose tests are the steps of one story: after one that fails, those that follow from it are skipped, so
 * that one fault is told once.
 */
export function inSequence(): void {
  let failed: string | undefined;

  beforeEach(function () {
    if (failed !== undefined) skip(this, `it follows from "${failed}", which failed`);
  });

  afterEach(function () {
    if (this.currentTest?.state === 'failed') failed = this.currentTest.title;
  });
}
