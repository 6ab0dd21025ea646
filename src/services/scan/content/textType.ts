import { isUtf8 } from 'node:buffer';
import { content, type DetectedContent } from './detectedContent';

/** Text is told from data, and one text from another, by so much of its beginning. */
const searchedBytes = 4096;

/** What no text has. Escape begins the colours of a terminal. */
// eslint-disable-next-line no-control-regex -- they are what it is about
const control = /[\u0000-\u0007\u000b\u000e-\u001a\u001c-\u001f\u007f]/;

interface Encoding {
  readonly name: string;
  readonly decode: (bytes: Buffer) => string;
}

/** @returns undefined where it is no text */
export function textType(bytes: Buffer): DetectedContent | undefined {
  const head = bytes.subarray(0, searchedBytes);
  const encoding = encodingOf(head);
  if (encoding === undefined) return undefined;
  const text = encoding.decode(head);
  return languageOf(text) ?? content('text', `Plain text (${encoding.name})`, 'text/plain', 'txt');
}

function encodingOf(head: Buffer): Encoding | undefined {
  const [first = 0, second = 0] = head;
  if (first === 0xff && second === 0xfe)
    return { name: 'UTF-16', decode: (bytes) => bytes.toString('utf16le', 2) };
  if (first === 0xfe && second === 0xff) return { name: 'UTF-16, big-endian', decode: decodeBigEndian };
  const wide = wideEncodingOf(head);
  if (wide !== undefined) return wide;
  if (control.test(head.toString('latin1'))) return undefined;
  if (isUtf8(withoutPartOfCharacter(head))) {
    const start = first === 0xef && second === 0xbb ? 3 : 0;
    return { name: 'UTF-8', decode: (bytes) => bytes.toString('utf8', start) };
  }
  return { name: '8-bit encoding', decode: (bytes) => bytes.toString('latin1') };
}

/** UTF-16 without a mark: of mostly Latin letters every second byte is nothing. */
function wideEncodingOf(head: Buffer): Encoding | undefined {
  if (head.length < 8 || !head.includes(0)) return undefined;
  let even = 0;
  let odd = 0;
  const length = Math.min(head.length, 512) & ~1;
  for (let index = 0; index < length; index += 2) {
    if (head[index] === 0) even++;
    if (head[index + 1] === 0) odd++;
  }
  const most = (length / 2) * 0.9;
  const decode = odd >= most ? (bytes: Buffer): string => bytes.toString('utf16le') : decodeBigEndian;
  const isText = (odd >= most && even === 0) || (even >= most && odd === 0);
  if (!isText || control.test(decode(head.subarray(0, length)))) return undefined;
  return { name: odd >= most ? 'UTF-16' : 'UTF-16, big-endian', decode };
}

function decodeBigEndian(bytes: Buffer): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1))
    .swap16()
    .toString('utf16le')
    .replace(/^\ufeff/, '');
}

/** The head may end within a character. */
function withoutPartOfCharacter(head: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, head.length); back++) {
    const byte = head[head.length - back] ?? 0;
    if (byte < 0x80) return head;
    if (byte >= 0xc0) return head.subarray(0, head.length - back);
  }
  return head;
}

const shell = content('script', 'Shell script', 'application/x-sh', 'sh');
const python = content('script', 'Python script', 'text/x-python', 'py');
const javascript = content('script', 'JavaScript', 'text/javascript', 'js');
const powershell = content('script', 'PowerShell script', 'text/x-powershell', 'ps1');
const batch = content('script', 'Windows batch file', 'application/x-bat', 'bat');
const awk = content('script', 'Awk script', 'text/x-awk', 'awk');
const php = content('script', 'PHP script', 'application/x-php', 'php');

/** By the name of the interpreter without path, version and `.exe`. */
const interpreters: Readonly<Record<string, DetectedContent>> = {
  sh: shell,
  ash: shell,
  bash: shell,
  dash: shell,
  zsh: shell,
  ksh: shell,
  fish: shell,
  python,
  pypy: python,
  node: javascript,
  nodejs: javascript,
  deno: javascript,
  bun: javascript,
  pwsh: powershell,
  powershell,
  php,
  perl: content('script', 'Perl script', 'text/x-perl', 'pl'),
  ruby: content('script', 'Ruby script', 'text/x-ruby', 'rb'),
  lua: content('script', 'Lua script', 'text/x-lua', 'lua'),
  tclsh: content('script', 'Tcl script', 'text/x-tcl', 'tcl'),
  wish: content('script', 'Tcl script', 'text/x-tcl', 'tcl'),
  awk,
  gawk: awk,
  mawk: awk,
  osascript: content('script', 'AppleScript', 'text/x-applescript', 'scpt'),
};

interface Language {
  readonly pattern: RegExp;
  readonly content: DetectedContent;
}

const html = content('text', 'HTML page', 'text/html', 'html');

/** What the first characters tell for sure. */
const beginnings: readonly Language[] = [
  { pattern: /^<\?php\b/i, content: php },
  {
    pattern: /^<\?xml[^>]*>\s*(?:<!--(?:(?!-->)[^])*-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg\b|^<svg\b/i,
    content: content('image', 'SVG image', 'image/svg+xml', 'svg'),
  },
  { pattern: /^<\?xml[^>]*>\s*(?:<!DOCTYPE html[^>]*>\s*)<html/i, content: html },
  {
    pattern: /^(?:<script\b[^>]*>[^]*)?<hta:application\b|^<html>[^]*<hta:application\b/i,
    content: content('script', 'HTML application', 'application/hta', 'hta'),
  },
  { pattern: /^(?:<!--(?:(?!-->)[^])*-->\s*)?<(?:!doctype html|html|head|body)\b/i, content: html },
  { pattern: /^<\?xml\b/i, content: content('text', 'XML text', 'application/xml', 'xml') },
  {
    pattern: /^\{\s*(?:"(?:[^"\\\n]|\\.){0,200}"\s*:|\}\s*$)|^\[\s*(?:[{["\d\]-]|true|false|null)[^;]*$/,
    content: content('text', 'JSON text', 'application/json', 'json'),
  },
  { pattern: /^(?:@echo (?:off|on)\b|@?rem\s|@?setlocal\b)/i, content: batch },
  {
    pattern: /^\[InternetShortcut\]/i,
    content: content('text', 'Internet shortcut', 'application/x-mswinurl', 'url'),
  },
  {
    pattern: /^\[Desktop Entry\]/,
    content: content('text', 'Desktop entry', 'application/x-desktop', 'desktop'),
  },
  {
    pattern: /^-----BEGIN [A-Z0-9 ]+-----/,
    content: content('text', 'PEM keys or certificates', 'text/plain', 'pem'),
  },
  { pattern: /^#Requires\s|^<#\s*\n?\s*\.SYNOPSIS/i, content: powershell },
];

/** What a language's first statement looks like, and hardly one of another. */
const statements: readonly Language[] = [
  {
    pattern: /^#\s*(?:include\s*[<"]|pragma once\b|ifndef \w+_H)/,
    content: content('text', 'C or C++ source', 'text/x-c', 'c'),
  },
  {
    pattern:
      /^(?:\[CmdletBinding\(|param\s*\(\s*$|param\s*\(\s*\[|function\s+[A-Z]\w+-[A-Z]\w+|(?:Import-Module|Write-(?:Host|Output)|Set-StrictMode|Invoke-\w+|New-Object|Get-\w+|Set-[A-Z]\w+)(?:\s|$)|\$[A-Za-z_][\w:]*\s*=)/i,
    content: powershell,
  },
  {
    pattern:
      /^(?:Option Explicit\s*$|On Error Resume Next\s*$|Dim \w+(?:, ?\w+)*\s*$|Set \w+ = (?:CreateObject|GetObject)\()/i,
    content: content('script', 'VBScript', 'text/vbscript', 'vbs'),
  },
  {
    pattern:
      /^(?:from [\w.]+ import [\w*(]|import [\w.]+(?: as \w+)?(?:, [\w.]+)*\s*$|(?:async )?def \w+\(.*\)[^{;]*:\s*$|class \w+(?:\(.*\))?:\s*$|@\w[\w.]*(?:\(.*\))?$|if __name__ ==)/,
    content: python,
  },
  {
    pattern:
      /^(?:['"]use strict['"]|(?:const|let|var) (?:\w|\$|[{[])|import (?:type )?(?:[\w$]+,? |\* as |\{|['"])|export (?:default|declare|const|let|var|function|class|abstract|type|interface|enum|async|\*|\{)|module\.exports|exports\.|Object\.defineProperty\(exports|declare (?:module|const|function|global|namespace)|[!;+(]*(?:async )?function\b\s*\w*\s*\(|[!;(]+(?:\(\)|\w+) ?=>|\(?0, ?)/,
    content: javascript,
  },
];

/** Comments before the first statement, of whatever language. */
const comments =
  /^(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/|<#[^]*?#>|#(?!\s*(?:include|pragma|ifndef)\b)[^\n]*|'[^'\n]*\n|"""[^]*?"""|;[^\n]*\n)*/;

function languageOf(text: string): DetectedContent | undefined {
  const shebang = /^#!\s*(\S+)(?:[ \t]+([^\r\n]*))?/.exec(text);
  if (shebang !== null) return interpreterOf(shebang[1] ?? '', shebang[2] ?? '');
  const start = text.trimStart();
  const statement = /[^\r\n]*/.exec(start.replace(comments, ''))?.[0] ?? '';
  return (
    beginnings.find(({ pattern }) => pattern.test(start))?.content ??
    statements.find(({ pattern }) => pattern.test(statement))?.content
  );
}

function interpreterOf(program: string, words: string): DetectedContent {
  const name = baseName(program);
  if (name !== 'env') return interpreters[name] ?? content('script', `Script (${name})`, 'text/plain');
  // `env -S NAME=value program`
  const word = words.split(/\s+/).find((one) => one !== '' && !one.startsWith('-') && !one.includes('='));
  return word === undefined ? content('script', 'Script', 'text/plain') : interpreterOf(word, '');
}

/** `/usr/bin/python3.12` → `python` */
function baseName(program: string): string {
  const name = program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1).toLowerCase();
  return name
    .replace(/\.exe$/, '')
    .replace(/-?[\d.]+$/, '')
    .slice(0, 40);
}
