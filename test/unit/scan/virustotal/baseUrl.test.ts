import assert from 'node:assert/strict';
import { serviceBaseUrl, virusTotalBaseUrl } from '../../../../src/services/scan/virustotal/baseUrl';

describe('where a key and files may be sent', () => {
  for (const [text, expected] of [
    [virusTotalBaseUrl, virusTotalBaseUrl],
    ['https://proxy.example/vt/', 'https://proxy.example/vt'],
    ['http://127.0.0.1:8080/api/v3', 'http://127.0.0.1:8080/api/v3'],
    ['http://localhost/', 'http://localhost'],
    ['http://[::1]:1/a', 'http://[::1]:1/a'],
    ['http://www.virustotal.com/api/v3', undefined],
    ['http://127.0.0.1.example/', undefined],
    ['http://localhost.example/', undefined],
    ['http://10.0.0.1/', undefined],
    ['https://me:secret@proxy.example/', undefined],
    ['https://proxy.example/?to=', undefined],
    ['https://proxy.example/#', 'https://proxy.example'],
    ['ftp://127.0.0.1/', undefined],
    ['file:///etc', undefined],
    ['', undefined],
    ['virustotal.com', undefined],
  ] as const) {
    it(`${text || 'nothing'}: ${expected ?? 'no'}`, () => {
      assert.equal(serviceBaseUrl(text), expected);
    });
  }
});
