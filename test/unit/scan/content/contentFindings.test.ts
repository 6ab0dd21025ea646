import assert from 'node:assert/strict';
import * as v from 'valibot';
import { contentFindings } from '../../../../src/services/scan/content/contentFindings';
import { detectContent } from '../../../../src/services/scan/content/contentType';
import { findingSchema } from '../../../../src/shared/scan/record';
import { elf, pe, windowsShortcut } from '../support/programSamples';
import { zip } from '../support/zipBuilder';

function found(name: string, content: string | Buffer, entropy?: number): string[] {
  const bytes = Buffer.from(content);
  const detected = detectContent(bytes, bytes.length);
  const findings = contentFindings({ name, detected, ...(entropy === undefined ? {} : { entropy }) });
  for (const finding of findings) v.parse(findingSchema, finding);
  return findings.map(({ rule, weight }) => `${rule} ${weight}`);
}

describe('what a name hides', () => {
  const program = pe();

  it('is a program that is called a document or a picture', () => {
    for (const name of ['report.pdf', 'photo.JPG', 'readme.txt', 'song.mp3', 'table.csv']) {
      assert.deepEqual(found(name, program), ['program-in-disguise suspicious'], name);
      assert.deepEqual(found(name, elf(2)), ['program-in-disguise suspicious'], name);
    }
  });

  it('is a second extension, or one out of sight', () => {
    const double = ['double-extension suspicious'];
    assert.deepEqual(found('invoice.pdf.exe', program), double);
    assert.deepEqual(found('holiday.jpg.SCR', program), double);
    assert.deepEqual(found('letter.docx.lnk', windowsShortcut()), double);
    assert.deepEqual(found('invoice.pdf.vbs', 'MsgBox 1'), double);
    assert.deepEqual(found('invoice.pdf                    .exe', program), double);
    assert.deepEqual(
      found('invoice.pdf\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0.hta', '<html>'),
      double,
    );
  });

  it('is the direction of writing', () => {
    assert.deepEqual(found('photo\u202egnp.exe', program), ['turned-name suspicious']);
    assert.deepEqual(found('report\u202efdp.sh', '#!/bin/sh\n'), ['turned-name suspicious']);
    assert.deepEqual(found('notes\u202etxt.md', 'words'), []);
    assert.deepEqual(found('שלום.exe', program), []);
  });

  it('is nothing in the files that developers have', () => {
    const fine: [string, string | Buffer][] = [
      ['tool.exe', program],
      ['tool', elf(2)],
      ['libx.so.1.2', elf(3)],
      ['addon.node', pe({ isLibrary: true })],
      ['firmware.bin', elf(2)],
      ['data.dat', program],
      ['setup.v1.2.exe', program],
      ['node.txt.exe.config', '<?xml version="1.0"?>'],
      ['page.html.js', 'const a = 1;'],
      ['image.png.js', 'export default "x";'],
      ['xlsx.mini.js', 'var a = 1;'],
      ['doc.txt.cmd.md', 'words'],
      ['requirements.txt', 'six==1.16\n'],
      ['script.txt', '#!/bin/sh\n'],
      ['movie.ts', 'export const a = 1;'],
      ['photo.png', '\xff\xd8\xff\xe0JFIF'],
      ['photo.jpg', '\x89PNG\r\n\x1a\n'],
      ['bundle.min.js', '!function(e){}'],
      ['bundle.js.map', '{"version":3}'],
      ['www.doc.com', 'a certificate'],
      ['archive.pdf.zip', zip([{ name: 'a' }])],
      ['letter.docx', zip([{ name: '[Content_Types].xml' }, { name: 'word/document.xml' }])],
      ['.exe', program],
      ['empty.pdf', ''],
    ];
    for (const [name, content] of fine)
      assert.deepEqual(found(name, Buffer.from(content as string, 'latin1')), [], name);
  });

  it('is said, and decides nothing, where it is merely odd', () => {
    assert.deepEqual(found('report.pdf', '<!doctype html>'), ['other-content informational']);
    assert.deepEqual(found('photo.jpg', '<?php echo 1;'), ['other-content informational']);
    assert.deepEqual(found('table.csv', '<!doctype html>'), []);
  });

  it('may be a packed program, which is information', () => {
    assert.deepEqual(found('tool.exe', program, 7.9), ['packed-program informational']);
    assert.deepEqual(found('tool.exe', program, 6.5), []);
    assert.deepEqual(found('photo.jpg', '\xff\xd8\xff', 7.99), []);
  });
});
