import assert from 'node:assert/strict';
import {
  scanKindLabel,
  scanStatusLabel,
  severityLabel,
  verdictLabel,
  verdictMeaning,
} from '../../../../src/shared/presentation/verdictTexts';
import { scanKinds, scanStatuses, severities } from '../../../../src/shared/scan/record';
import { verdicts } from '../../../../src/shared/scan/verdict';

describe('words for verdicts', () => {
  it('no threat found is called that, and nothing is called clean or safe', () => {
    assert.equal(verdictLabel('noThreatFound'), 'No threat found');
    for (const verdict of verdicts) {
      assert.doesNotMatch(
        `${verdictLabel(verdict)} ${verdictMeaning(verdict)}`,
        /clean|safe|harmless|trusted/i,
      );
    }
  });

  it('an error and an unknown verdict do not say that nothing was found', () => {
    for (const verdict of ['error', 'unknown'] as const) {
      assert.doesNotMatch(`${verdictLabel(verdict)} ${verdictMeaning(verdict)}`, /found/i);
    }
  });

  it('each verdict, status, kind and severity has its own words', () => {
    for (const labels of [
      [...verdicts, 'none' as const].map(verdictLabel),
      verdicts.map(verdictMeaning),
      scanStatuses.map(scanStatusLabel),
      scanKinds.map(scanKindLabel),
      severities.map(severityLabel),
    ]) {
      assert.equal(new Set(labels).size, labels.length);
    }
  });
});
