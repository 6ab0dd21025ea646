import assert from 'node:assert/strict';
import { isProxySet } from '../../../src/services/http/proxySetting';

describe('A proxy', () => {
  const table: readonly [string, string, Record<string, string>, boolean][] = [
    ['', 'override', {}, false],
    ['', 'override', { HTTPS_PROXY: '', NO_PROXY: 'localhost', PROXY: 'x' }, false],
    ['http://proxy.example:3128', 'override', {}, true],
    ['http://proxy.example:3128', 'off', { HTTPS_PROXY: 'http://proxy.example' }, false],
    ['  ', 'on', { https_proxy: 'http://proxy.example' }, true],
    ['', 'fallback', { HTTP_PROXY: 'proxy.example:3128' }, true],
    ['', 'override', { ALL_PROXY: 'socks5://127.0.0.1:9050' }, true],
  ];
  for (const [proxy, support, environment, expected] of table) {
    it(`is ${expected ? '' : 'not '}set by ${JSON.stringify({ proxy, support, ...environment })}`, () => {
      assert.equal(isProxySet({ proxy, support }, environment), expected);
    });
  }
});
