import assert from 'node:assert/strict';
import { pageHtml } from '../../../../src/ui/panel/html';

const document = pageHtml({
  title: 'Sentinel <Live>',
  cspSource: 'https://webview.test',
  nonce: 'bm9uY2U',
  scriptUri: 'https://webview.test/dist/live.js?a=1&b="2"',
  styleUri: 'https://webview.test/dist/live.css',
  surface: 'editor',
});

describe('a page’s document', () => {
  it('has the strict policy and no other', () => {
    const policies = [...document.matchAll(/Content-Security-Policy" content="([^"]*)"/g)].map(
      ([, text]) => text,
    );
    assert.deepEqual(policies, [
      "default-src 'none'; img-src https://webview.test; font-src https://webview.test; " +
        "style-src https://webview.test 'nonce-bm9uY2U'; script-src 'nonce-bm9uY2U'",
    ]);
    assert.doesNotMatch(document, /unsafe/);
  });

  it('gives the nonce to script, style sheet and toolkit', () => {
    assert.equal([...document.matchAll(/<script /g)].length, 1);
    assert.match(document, /<script nonce="bm9uY2U" src=/);
    assert.match(document, /<link rel="stylesheet" nonce="bm9uY2U"/);
    assert.match(document, /<meta property="csp-nonce" content="bm9uY2U">/);
  });

  it('carries no inline style, handler or script', () => {
    assert.doesNotMatch(document, /<style|\sstyle=|\son\w+=/);
    assert.match(document, /<script [^>]*><\/script>/);
  });

  it('escapes what could end an attribute', () => {
    assert.match(document, /src="https:\/\/webview\.test\/dist\/live\.js\?a=1&#38;b=&#34;2&#34;"/);
  });

  it('has its title as text', () => {
    assert.match(document, /<title>Sentinel &#60;Live&#62;<\/title>/);
  });

  it('says where it stands', () => {
    assert.match(document, /<body data-surface="editor">/);
  });
});
