import { isPublicHost } from '../online/address/localName';
import type { Feature } from './feature';
import { percentDecoded } from './percentDecoded';

/** Programs that open links of their own and were misused that way. */
const riskyHandlers: ReadonlySet<string> = new Set([
  'ms-msdt',
  'search-ms',
  'search',
  'ms-officecmd',
  'ms-appinstaller',
  'ms-cxh-full',
  'ms-settings',
  'shell',
  'hcp',
  'jar',
  'mk',
  'vnd.ms.radio',
  'ms-word',
  'ms-excel',
  'ms-powerpoint',
  'ms-visio',
  'ms-access',
  'ms-its',
  'its',
]);

/** What needs more than a look at the scheme: of `data:`, `javascript:` and `file:` it depends on what follows. */
export function schemeFeatures(url: URL, isLocal: boolean): Feature[] {
  const scheme = url.protocol.slice(0, -1);
  switch (scheme) {
    case 'javascript':
    case 'vbscript':
      return script(url);
    case 'data':
      return dataUrl(url);
    case 'file':
      return file(url, isLocal);
    case 'view-source':
      return [];
    default:
      if (!riskyHandlers.has(scheme)) return [];
      return [
        {
          rule: 'riskyHandler',
          title: `Opening it starts a program by ${scheme}:`,
          reason: 'Links of this kind were used to run commands or to install software with a single click.',
          points: 60,
        },
      ];
  }
}

function script(url: URL): Feature[] {
  // Also what the rules take for a host: browsers run all that follows the scheme.
  const code = percentDecoded(url.href.slice(url.protocol.length)).trim();
  if (
    /^(?:void\s*\(?\s*0?\s*\)?|\/\/[^\n\r\u2028\u2029]*|undefined|false|true|return(?: false)?)?\s*;*$/.test(
      code,
    )
  ) {
    return [
      {
        rule: 'emptyScript',
        title: 'It does nothing',
        reason: 'Pages use it where a button would be right.',
        points: 0,
      },
    ];
  }
  const takes =
    /document\.cookie|localStorage|sessionStorage|eval\s*\(|atob\s*\(|fromCharCode|fetch\s*\(|XMLHttpRequest|import\s*\(|document\.write|location\s*[.=]|\.src\s*=|execScript|WScript/;
  return [
    {
      rule: 'scriptUrl',
      title: `Opening it runs code: ${url.protocol}`,
      reason: 'It runs within the page in which it is opened, with all that this page may do.',
      points: takes.test(code) ? 85 : 50,
    },
  ];
}

function dataUrl(url: URL): Feature[] {
  const text = url.pathname;
  const type = /^\s*([^;,]*)/.exec(text)?.[1]?.trim().toLowerCase() ?? '';
  const isPage = /^(?:text\/html|application\/xhtml\+xml|text\/xml|application\/xml)$/.test(type);
  const isScript = /javascript|ecmascript|vbscript/.test(type);
  const content = dataContent(text);
  const isProgram =
    /^(?:MZ|\x7fELF)/.test(content) ||
    /^application\/(?:x-msdownload|x-msdos-program|hta|vnd\.microsoft\.portable-executable|x-sh|java-archive|x-ms-installer)/.test(
      type,
    );
  const hasScript = /<script|<iframe|<form|http-equiv|on(?:load|error|click)\s*=|javascript:/i.test(content);
  if (type === 'image/svg+xml' ? hasScript : isPage || isScript || isProgram) {
    return [
      {
        rule: 'activeDataUrl',
        title: 'The link is itself a page or a program',
        reason: `It carries ${type === '' ? 'content' : type}. Pages in links are of no host, and get past what blocks hosts.`,
        points: hasScript && isPage ? 80 : 45,
      },
    ];
  }
  return [];
}

/** The beginning is enough to see what it is. */
function dataContent(text: string): string {
  const comma = text.indexOf(',');
  const head = text.slice(0, comma);
  const body = text.slice(comma + 1, comma + 1 + 64 * 1024);
  if (/;\s*base64\s*$/i.test(head)) return Buffer.from(percentDecoded(body), 'base64').toString('latin1');
  return percentDecoded(body);
}

function file(url: URL, isLocal: boolean): Feature[] {
  const host = url.hostname === '' ? hostInPath(url) : url.hostname;
  if (host === '' || host === 'localhost' || /^wsl(?:\$|%24|\.localhost)?$/.test(host)) return [];
  return [
    {
      rule: 'networkShare',
      title: `It opens a folder of another machine: ${host}`,
      reason: 'Windows signs in there by itself, which gives the other side something to crack.',
      points: isLocal ? 15 : 45,
    },
  ];
}

/** On Windows, slashes without a host begin the name of a machine, too; elsewhere they are slips. */
function hostInPath(url: URL): string {
  const [, name = ''] = /^\/\/+([^/:]+)\//.exec(percentDecoded(url.pathname)) ?? [];
  return isPublicHost(name.toLowerCase()) ? name : '';
}
