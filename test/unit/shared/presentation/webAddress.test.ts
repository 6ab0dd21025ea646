import assert from 'node:assert/strict';
import { webAddress } from '../../../../src/shared/presentation/webAddress';

describe('an address that may be opened', () => {
  it('is one on the web, as the browser writes it', () => {
    assert.equal(webAddress('https://attack.mitre.org/T1059'), 'https://attack.mitre.org/T1059');
    assert.equal(webAddress('HTTP://Example.org:80/a b'), 'http://example.org/a%20b');
    assert.equal(webAddress('https://аррlе.com/'), 'https://xn--l-7sbq6ba.com/');
    assert.equal(webAddress(' https://example.org\n'), 'https://example.org/');
  });

  it('is nothing else', () => {
    const refused = [
      undefined,
      '',
      'example.org',
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'file:///etc/passwd',
      'vscode://some.extension/run',
      'command:workbench.action.quit',
      'ftp://example.org/',
      'https://',
      'https://user@example.org/',
      'https://google.com:x@evil.example/login',
      `https://example.org/${'a'.repeat(2_000)}`,
      `https://example.org/${'é'.repeat(400)}`,
    ];
    for (const text of refused) assert.equal(webAddress(text), undefined, String(text).slice(0, 60));
  });
});
