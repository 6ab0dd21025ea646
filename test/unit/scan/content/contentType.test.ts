import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { detectContent } from '../../../../src/services/scan/content/contentType';
import type { DetectedContent } from '../../../../src/services/scan/content/detectedContent';
import { Random, testSeed } from '../../support/random';
import { withCpuTime } from '../support/cpuTime';
import { compoundFile, elf, machO, pe, windowsShortcut } from '../support/programSamples';
import { tar } from '../support/tarBuilder';
import { zip } from '../support/zipBuilder';

function detect(content: string | Buffer): DetectedContent {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content;
  return detectContent(bytes, bytes.length);
}

function table(rows: Record<string, string | Buffer>, kinds: string): void {
  for (const [name, content] of Object.entries(rows)) {
    const found = detect(content);
    assert.deepEqual([found.type.name, found.kind], [name, kinds]);
  }
}

describe('the real type of a content', () => {
  it('is empty for nothing, and data for what nobody knows', () => {
    assert.equal(detect('').kind, 'empty');
    assert.deepEqual(detectContent(new Uint8Array(0), 10).type.name, 'Data');
    const noise = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 151 + 7) & 0xff));
    assert.deepEqual(detect(noise).type, { name: 'Data', mime: 'application/octet-stream' });
  });

  it('is told of programs with their machine', () => {
    table(
      {
        'Windows program (64-bit x86)': pe(),
        'Windows program (32-bit x86)': pe({ machine: 0x14c }),
        'Windows program (unknown machine)': pe({ machine: 0x9999 }),
        'Windows library (64-bit ARM)': pe({ machine: 0xaa64, isLibrary: true }),
        'Windows driver (64-bit x86)': pe({ subsystem: 1 }),
        'EFI program (64-bit x86)': pe({ subsystem: 10 }),
        'Windows program (.NET)': pe({ isManaged: true }),
        'DOS program': Buffer.concat([
          Buffer.from('4d5a90000300000004000000ffff0000b8000000', 'hex'),
          Buffer.alloc(100),
        ]),
        'ELF program (64-bit x86)': elf(2),
        'ELF program (64-bit ARM)': elf(3, { hasInterpreter: true, machine: 183 }),
        'ELF program (32-bit ARM)': elf(3, { hasInterpreter: true, machine: 40, is32Bit: true }),
        'ELF program (64-bit PowerPC)': elf(3, { hasInterpreter: true, machine: 21, isBigEndian: true }),
        'ELF library (64-bit x86)': elf(3),
        'macOS program (64-bit ARM)': machO(2),
        'macOS library (64-bit ARM)': machO(6),
        'macOS program (several machines)': Buffer.from('cafebabe0000000201000007000000030000', 'hex'),
        'Windows shortcut': windowsShortcut(),
        'Windows Installer package': compoundFile(
          'x',
          Buffer.from('84100c0000000000c000000000000046', 'hex'),
        ),
      },
      'program',
    );
    table(
      {
        'ELF object file (64-bit x86)': elf(1),
        'Mach-O object file (64-bit ARM)': machO(1),
        'Java class': Buffer.from('cafebabe0000003d001d', 'hex'),
        'WebAssembly module': Buffer.from('\0asm\x01\0\0\0', 'latin1'),
        'Android program code': Buffer.from('dex\n035\0', 'latin1'),
        'Python bytecode': Buffer.from('cb0d0d0a000000000000000000000000e3', 'hex'),
        'Static library': '!<arch>\nx.o/            0           0     0     644     0         `\n',
      },
      'library',
    );
  });

  it('is told of archives and of what is made of them', () => {
    const content = 'x'.repeat(200);
    table(
      {
        'Zip archive': zip([{ name: 'a', content }]),
        'Tar archive': tar([{ name: 'a', content }]),
        'Gzip archive': gzipSync(content),
        'VS Code extension package': zip([
          { name: 'extension.vsixmanifest', content },
          { name: 'extension/package.json' },
        ]),
        'Java archive': zip([{ name: 'META-INF/MANIFEST.MF', content }]),
        'Android package': zip([{ name: 'AndroidManifest.xml', content }, { name: 'classes.dex' }]),
        'Python wheel': zip([
          { name: 'a.py', content: Buffer.alloc(200_000, 'x'), method: 0 },
          { name: 'a-1.dist-info/WHEEL' },
        ]),
        'NuGet package': zip([{ name: 'x.nuspec' }, { name: '[Content_Types].xml' }]),
        'Debian package': '!<arch>\ndebian-binary   1',
        '7-Zip archive': '7z\xbc\xaf\x27\x1c\0\x04',
        'RAR archive': 'Rar!\x1a\x07\x01\0',
        'XZ archive': '\xfd7zXZ\0\0',
        'Bzip2 archive': 'BZh91AY&SY',
        'ISO disk image': Buffer.concat([Buffer.alloc(0x8001), Buffer.from('CD001\x01')]),
      },
      'archive',
    );
  });

  it('is told of documents', () => {
    const types = { name: '[Content_Types].xml', content: '<Types/>' };
    table(
      {
        'PDF document': '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n',
        'Rich Text document': '{\\rtf1\\ansi hello}',
        'Word document': zip([types, { name: 'word/document.xml' }]),
        'Word document with macros': zip([
          types,
          { name: 'word/document.xml' },
          { name: 'word/vbaProject.bin' },
        ]),
        'Excel workbook': zip([types, { name: 'xl/workbook.xml' }]),
        'PowerPoint presentation': zip([types, { name: 'ppt/presentation.xml' }]),
        'OpenDocument text': zip([
          { name: 'mimetype', content: 'application/vnd.oasis.opendocument.text', method: 0 },
          { name: 'content.xml' },
        ]),
        'E-book': zip([{ name: 'mimetype', content: 'application/epub+zip', method: 0 }]),
        'Word document (97–2003)': compoundFile('WordDocument'),
        'Excel workbook (97–2003)': compoundFile('Workbook'),
        'Office document with a password': compoundFile('EncryptedPackage'),
        'Microsoft compound file': compoundFile('Something'),
      },
      'document',
    );
  });

  it('is told of images, sound, film and fonts', () => {
    table(
      {
        'PNG image': '\x89PNG\r\n\x1a\n',
        'JPEG image': '\xff\xd8\xff\xe0\0\x10JFIF',
        'GIF image': 'GIF89a\x01\0\x01\0',
        'WebP image': 'RIFF\x10\0\0\0WEBPVP8 ',
        'AVIF image': '\0\0\0\x20ftypavif\0\0\0\0',
        'BMP image': Buffer.concat([Buffer.from('424d64000000', 'hex'), Buffer.alloc(94)]),
        'Windows icon': Buffer.from('00000100010010101000010004002801000016000000', 'hex'),
        'SVG image': '<?xml version="1.0"?>\n<!-- a drawing -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      },
      'image',
    );
    table(
      { 'WAV audio': 'RIFF\x10\0\0\0WAVEfmt ', 'MP3 audio': 'ID3\x04\0\0\0', 'Ogg media': 'OggS\0' },
      'audio',
    );
    const packets = Buffer.alloc(188 * 5, 1);
    for (let at = 0; at < packets.length; at += 188) packets[at] = 0x47;
    table({ 'MP4 video': '\0\0\0\x18ftypisom\0\0\0\0', 'MPEG transport stream': packets }, 'video');
    table({ 'WOFF2 font': 'wOF2\0\x01\0\0', 'TrueType font': '\0\x01\0\0\0\x12' }, 'font');
  });

  it('is told of scripts by their first line', () => {
    const rows: Record<string, string> = {
      '#!/bin/sh\necho': 'Shell script',
      '#!/usr/bin/env bash\n': 'Shell script',
      '#! /usr/bin/python3.12 -u\n': 'Python script',
      '#!/usr/bin/env -S node --no-warnings\n': 'JavaScript',
      '#!/usr/bin/env -S A=b deno run\n': 'JavaScript',
      '#!/usr/bin/perl -w\n': 'Perl script',
      '#!/usr/bin/pwsh\n': 'PowerShell script',
      '#!C:\\Python\\python.exe\r\n': 'Python script',
      '#!/opt/own/interpreter\n': 'Script (interpreter)',
      '#!\n': 'Plain text (UTF-8)',
      '#!/usr/bin/env\n': 'Script',
    };
    for (const [text, name] of Object.entries(rows)) assert.equal(detect(text).type.name, name, text);
  });

  it('is told of text by what it begins with, whatever comments come first', () => {
    const rows: Record<string, string> = {
      '<!DOCTYPE html><p>': 'HTML page',
      '\ufeff  <html lang="en">': 'HTML page',
      '<?php echo 1;': 'PHP script',
      '<?xml version="1.0"?><a/>': 'XML text',
      '<html><head><HTA:APPLICATION ID="x">': 'HTML application',
      '{"a": 1}': 'JSON text',
      '[1, 2]': 'JSON text',
      '{}\n': 'JSON text',
      '@echo off\r\nrem x': 'Windows batch file',
      '[InternetShortcut]\r\nURL=https://example.org': 'Internet shortcut',
      '-----BEGIN PRIVATE KEY-----\n': 'PEM keys or certificates',
      '# License\n\nimport os\nimport sys\n': 'Python script',
      '"""A module."""\nfrom os import path\n': 'Python script',
      '// License\n/* more */\n"use strict";\n': 'JavaScript',
      'const a = 1;': 'JavaScript',
      'export interface A {}': 'JavaScript',
      '!function(e,t){}': 'JavaScript',
      '/* License */\n#include <stdio.h>\n': 'C or C++ source',
      '<# help #>\nparam(\n  [string]$Name\n)': 'PowerShell script',
      '$client = New-Object Net.WebClient': 'PowerShell script',
      'Write-Host "x"': 'PowerShell script',
      'Option Explicit\r\nDim a': 'VBScript',
      'Set shell = CreateObject("WScript.Shell")': 'VBScript',
      '# Title\n\nSome words about `const a = 1`.\n': 'Plain text (UTF-8)',
      'Dear reader,\nimport what you like.\n': 'Plain text (UTF-8)',
      'name: value\nother: 1\n': 'Plain text (UTF-8)',
    };
    for (const [text, name] of Object.entries(rows))
      assert.equal(detect(Buffer.from(text)).type.name, name, text);
  });

  it('is told of text in any encoding', () => {
    const text = 'Grüße aus Köln, 你好\r\n';
    const big = Buffer.from(text, 'utf16le').swap16();
    const rows: [Buffer, string][] = [
      [Buffer.from(text), 'Plain text (UTF-8)'],
      [Buffer.from(`\ufeff${text}`, 'utf16le'), 'Plain text (UTF-16)'],
      [Buffer.concat([Buffer.from([0xfe, 0xff]), big]), 'Plain text (UTF-16, big-endian)'],
      [Buffer.from('plain words without a mark', 'utf16le'), 'Plain text (UTF-16)'],
      [Buffer.from('Grüße aus Köln', 'latin1'), 'Plain text (8-bit encoding)'],
      [Buffer.from('\ufeff$a = New-Object X', 'utf16le'), 'PowerShell script'],
      [Buffer.from('\x1b[31mred\x1b[0m'), 'Plain text (UTF-8)'],
      // Its 4,096th byte is in the middle of a character.
      [Buffer.from(`a${'ä'.repeat(5000)}`), 'Plain text (UTF-8)'],
    ];
    for (const [bytes, name] of rows) assert.equal(detect(bytes).type.name, name);
    assert.equal(detect('text with a \0 in it').kind, 'data');
  });

  it('is not what its first letters alone suggest', () => {
    const texts = [
      'MZ is a country code',
      'BM stands for',
      'PK',
      'GIF',
      'Rar! he said',
      '7zip',
      'ID',
      '\x7fELF',
      'MZ',
    ];
    for (const text of texts) {
      const { kind } = detect(text);
      assert.ok(kind === 'text' || kind === 'data', `${text}: ${kind}`);
    }
    // Both are `.ts` files.
    assert.equal(detect('export const a = 1;\n').kind, 'script');
  });

  it('is found at once, and without failing, for any bytes', function () {
    this.timeout(20_000);
    const random = new Random(testSeed());
    const samples = [
      pe(),
      elf(3),
      machO(2),
      compoundFile('Workbook'),
      zip([{ name: 'a' }]),
      tar([{ name: 'a' }]),
      windowsShortcut(),
    ];
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(random.pick(samples));
      for (let times = 0; times < 3; times++) bytes[random.below(bytes.length)] = random.below(256);
      detectContent(bytes.subarray(0, random.below(bytes.length + 1)), random.below(5000));
    }
    const hostile = [
      '<?xml ?>' + '<!-- -->'.repeat(600),
      '<?xml ?>' + '<!---->'.repeat(2000) + '<sv',
      '<!--'.repeat(2000),
      '{"' + '\\"'.repeat(3000),
      '['.repeat(5000),
      '/*'.repeat(3000),
      '#'.repeat(5000),
      '"""'.repeat(2000),
      '\n'.repeat(5000),
      ' '.repeat(5000),
      '<script ' + '<script>'.repeat(600),
      '<html>'.repeat(800),
      'import a'.repeat(600),
      'def a(' + ')'.repeat(4000),
      'class a(' + '(('.repeat(2000),
      '@a.'.repeat(1500),
      '!;('.repeat(1500),
      'function '.repeat(500),
      '#!/usr/bin/env ' + '-a '.repeat(1500),
      '#!/usr/bin/env ' + 'env '.repeat(1500),
    ];
    for (const text of hostile) {
      const { cpuMs } = withCpuTime(() => detect(text));
      assert.ok(cpuMs < 200, `${text.slice(0, 30)}: ${cpuMs} ms`);
    }
  });
});
