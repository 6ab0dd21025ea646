import assert from 'node:assert/strict';
import { virusTotalModes } from '../../../../src/services/consent/virusTotalConsent';
import { consentDialog, egressText } from '../../../../src/ui/consent/egressTexts';
import { modeTexts } from '../../../../src/ui/consent/modeTexts';
import { english as t } from '../../support/translate';

const service = 'VirusTotal';
const hash = (path: string) => ({ service, content: 'hash', path, sha256: 'a'.repeat(64) }) as const;
const file = (path: string, sizeBytes: number) => ({ service, content: 'file', path, sizeBytes }) as const;

describe('what is said before something leaves', () => {
  it('is said in the step of the task', () => {
    assert.equal(egressText(hash('/a'), t), 'VirusTotal: only the SHA-256 hash leaves this machine');
    assert.equal(
      egressText(file('/a', 12_345_678), t),
      'VirusTotal: the file itself leaves this machine, without its name (11.8 MB)',
    );
    assert.equal(
      egressText({ service, content: 'url', url: 'https://example.org' }, t),
      'VirusTotal: the whole address leaves this machine',
    );
    assert.equal(
      egressText({ service, content: 'key' }, t),
      'VirusTotal: only the API key leaves this machine',
    );
  });

  it('names the file, the content, and that it becomes public', () => {
    const { message, detail, choices } = consentDialog([hash('/home/me/setup.exe')], t);
    assert.equal(message, 'Ask VirusTotal about /home/me/setup.exe?');
    assert.match(detail, /^Only the SHA-256 hash leaves this machine, together with your API key\./);
    assert.match(detail, /others can see/);
    assert.match(detail, /the file itself then leaves this machine/);
    assert.deepEqual(
      choices.map(({ answer }) => answer),
      ['allow', 'allowAll', 'stop'],
    );
  });

  it('does not offer to send less than is asked for as more', () => {
    const { message, detail, choices } = consentDialog([file('/a', 1_000), file('/b', 2_000)], t);
    assert.equal(message, 'Upload 2 files to VirusTotal?');
    assert.match(detail, /^The file itself leaves this machine \(2\.9 KB\)/);
    assert.match(detail, /partners and customers of VirusTotal, and cannot be taken back/);
    assert.match(detail, /\/a\n\/b$/);
    assert.deepEqual(
      choices.map(({ answer }) => answer),
      ['allow', 'stop'],
    );
  });

  it('shows eight names of many, and makes them harmless', () => {
    const names = Array.from({ length: 20 }, (_, index) => hash(`/file ${index}`));
    const [first = hash(''), ...others] = names;
    const { detail } = consentDialog([first, ...others], t);
    assert.match(detail, /\/file 7\nand 12 more$/);
    const hostile = consentDialog([hash('/a\n\nNothing leaves this machine\u202e')], t);
    assert.doesNotMatch(hostile.message, /\n|\u202e/);
  });

  it('says of an address that it can be read, and that it is visited', () => {
    const { detail, choices } = consentDialog(
      [{ service, content: 'url', url: 'https://a.example/?token=1' }],
      t,
    );
    assert.match(detail, /^The whole address leaves this machine, with any token/);
    assert.match(detail, /visits it/);
    assert.equal(choices[1]?.label, 'Send Address, Visit if Unknown');
  });

  it('each mode says something else', () => {
    const texts = virusTotalModes.map((mode) => modeTexts(mode, t));
    assert.equal(new Set(texts.map(({ label }) => label)).size, virusTotalModes.length);
    assert.equal(new Set(texts.map(({ detail }) => detail)).size, virusTotalModes.length);
  });
});
