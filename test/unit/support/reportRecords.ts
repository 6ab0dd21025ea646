import type { EngineReport, Finding, ScanRecord } from '../../../src/shared/scan/record';

const startedAt = Date.UTC(2026, 2, 14, 9, 26, 53);
const dayMs = 86_400_000;

export const sha256 = '9f2c81d4a6e03b57c8124fd09ab3e6f7715d02c4e98b6a3f20d17c5be84fc41a';

const yara: EngineReport = {
  id: 'yara',
  name: 'YARA-X',
  version: '1.20.0',
  database: { version: '128 rules' },
  state: 'hit',
  sendsAway: false,
  elapsedMs: 21,
};
const content: EngineReport = {
  id: 'content',
  name: 'Content checks',
  state: 'noHit',
  sendsAway: false,
  elapsedMs: 2,
};
const clamav: EngineReport = {
  id: 'clamav',
  name: 'ClamAV',
  version: '1.4.6',
  database: { version: '27310', updatedAt: startedAt - 2.3 * dayMs },
  state: 'noHit',
  sendsAway: false,
  elapsedMs: 1_204,
};
const virustotal: EngineReport = {
  id: 'virustotal',
  name: 'VirusTotal',
  state: 'notAsked',
  reason: 'notConfigured',
  sendsAway: true,
};

const installScript: Finding[] = [
  {
    engine: 'yara',
    rule: 'raw_ip_url',
    title: 'Contacts a raw IP address',
    severity: 'medium',
    weight: 'suspicious',
    matches: [{ offset: 0x4d8, length: 21, pattern: '$url' }],
  },
  {
    engine: 'yara',
    rule: 'npm_install_eval',
    title: 'Install script runs a decoded string',
    description: 'A script that npm runs by itself decodes a text and executes it, which hides what it does.',
    severity: 'high',
    weight: 'malicious',
    reference: 'https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-scripts',
    tags: ['npm', 'obfuscation'],
    matches: [
      { offset: 0x1a2, length: 34, pattern: '$eval' },
      { offset: 0x1f0, length: 128, pattern: '$payload' },
    ],
  },
  {
    engine: 'yara',
    rule: 'uses_child_process',
    title: 'Starts other programs',
    severity: 'info',
    weight: 'informational',
    matches: [{ offset: 12, length: 13 }],
    matchCount: 41,
  },
];

/** A malicious script, with places that can be opened. */
export function maliciousFile(changes: Partial<ScanRecord> = {}): ScanRecord {
  return {
    id: '0b6f9c1e-0001-4a52-9c55-3f1d2c7a9e01',
    kind: 'file',
    target: '/home/ada/projects/shop/node_modules/left-padder/scripts/install.js',
    sha256,
    status: 'finished',
    verdict: 'malicious',
    startedAt,
    finishedAt: startedAt + 1_240,
    durationMs: 1_238,
    summary: 'install.js: 3 findings from 1 of 3 engines asked',
    engines: [yara, content, clamav, virustotal],
    findings: installScript,
    details: {
      type: 'file',
      sizeBytes: 2_412,
      modifiedAt: startedAt - 40 * dayMs,
      hashes: {
        md5: '5d41402abc4b2a76b9719d911017c592',
        sha1: 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d',
        sha256,
      },
      contentType: { name: 'JavaScript source', mime: 'text/javascript', extension: 'js' },
      entropy: 5.14,
    },
    ...changes,
  };
}

/** An archive that was opened in part, with a finding deep inside. */
export function suspiciousArchive(): ScanRecord {
  const details = maliciousFile().details;
  if (details?.type !== 'file') throw new Error('details of a file');
  return maliciousFile({
    id: '0b6f9c1e-0002-4a52-9c55-3f1d2c7a9e02',
    target: '/home/ada/Downloads/theme-pack-2.1.0.vsix',
    verdict: 'suspicious',
    summary: 'theme-pack-2.1.0.vsix: 2 findings from 1 of 2 engines asked, looked at in part',
    engines: [
      yara,
      { ...content, state: 'partial', reason: 'partial', detail: '2 members are encrypted' },
      {
        ...clamav,
        state: 'failed',
        reason: 'timedOut',
        elapsedMs: 60_000,
        detail: 'clamd gave no answer within 60 s',
      },
      virustotal,
    ],
    findings: [
      {
        engine: 'yara',
        rule: 'encoded_powershell',
        title: 'Runs encoded PowerShell',
        description: 'A command line for PowerShell in Base64: rarely meant to be read.',
        severity: 'high',
        weight: 'suspicious',
        members: ['extension/vendor/helpers.zip', 'bin/setup.ps1'],
        matches: [{ offset: 901, length: 640, pattern: '$command' }],
        reference: 'https://attack.mitre.org/techniques/T1059/001/',
      },
      {
        engine: 'content',
        rule: 'type_mismatch',
        title: 'A program that calls itself a picture',
        severity: 'medium',
        weight: 'suspicious',
        members: ['extension/media/preview.png'],
      },
    ],
    details: {
      ...details,
      sizeBytes: 48_220_113,
      entropy: 7.99,
      contentType: { name: 'Zip archive', mime: 'application/zip', extension: 'zip' },
      archive: {
        members: 1_482,
        unpackedBytes: 190_034_112,
        problems: [
          'extension/secret/a.bin: encrypted',
          'extension/secret/b.bin: encrypted',
          'extension/big.tar.gz: unpacks to more than 250 times its size',
        ],
      },
    },
  });
}

/** Nothing found, and half of the engines not asked. */
export function quietFile(): ScanRecord {
  return maliciousFile({
    id: '0b6f9c1e-0003-4a52-9c55-3f1d2c7a9e03',
    target: '/home/ada/projects/shop/src/cart.ts',
    verdict: 'noThreatFound',
    summary: 'cart.ts: nothing found by 2 of 2 engines asked',
    engines: [
      { ...yara, state: 'noHit' },
      content,
      { id: 'clamav', name: 'ClamAV', state: 'notAsked', reason: 'notFound', sendsAway: false },
      { ...virustotal, reason: 'noConsent' },
    ],
    findings: installScript.slice(2),
  });
}

/** Everything that was asked failed. */
export function failedFile(): ScanRecord {
  return {
    id: '0b6f9c1e-0004-4a52-9c55-3f1d2c7a9e04',
    kind: 'file',
    target: '/srv/share/backup/dump.sql',
    status: 'timedOut',
    verdict: 'error',
    startedAt,
    finishedAt: startedAt + 61_000,
    durationMs: 61_000,
    summary: 'dump.sql: no engine answered',
    engines: [
      { ...yara, state: 'failed', reason: 'timedOut', elapsedMs: 60_000 },
      { ...clamav, state: 'failed', reason: 'unreachable', detail: 'connect ENOENT /run/clamav/clamd.ctl' },
    ],
    findings: [],
    details: { type: 'file', sizeBytes: 8_123_456_789 },
  };
}

/** Seen in part only, so that silence proves nothing. */
export function unknownFile(): ScanRecord {
  return maliciousFile({
    id: '0b6f9c1e-0005-4a52-9c55-3f1d2c7a9e05',
    target: '/home/ada/Downloads/image.iso',
    verdict: 'unknown',
    summary: 'image.iso: too large to be looked at in whole',
    engines: [
      {
        ...yara,
        state: 'partial',
        reason: 'tooLarge',
        detail: 'the first 64 MB of 4.2 GB',
      },
      { ...clamav, state: 'notAsked', reason: 'tooLarge', detail: 'takes up to 2 GB' },
    ],
    findings: [],
  });
}

/** A folder with more findings than a page shows at once. */
export function largeFolder(findings = 1_000): ScanRecord {
  const target = '/home/ada/projects/shop';
  return {
    id: '0b6f9c1e-0006-4a52-9c55-3f1d2c7a9e06',
    kind: 'folder',
    target,
    status: 'finished',
    verdict: 'malicious',
    startedAt,
    finishedAt: startedAt + 95_000,
    durationMs: 92_410,
    summary: 'shop: 2 malicious and 14 suspicious of 48 213 files',
    engines: [yara, content, { ...clamav, state: 'notAsked', reason: 'notFound' }, virustotal],
    findings: Array.from({ length: findings }, (_, index): Finding => {
      const pattern = installScript[index % installScript.length];
      if (!pattern) throw new Error('no pattern');
      return {
        ...pattern,
        path: `${target}/node_modules/package-${index}/lib/deeply/nested/module-${index}.js`,
      };
    }),
    details: {
      type: 'folder',
      files: 48_213,
      bytes: 1_203_944_118,
      unchanged: 31_004,
      excluded: 412,
      special: 2,
      links: 17,
      verdicts: { malicious: 2, suspicious: 14, error: 3, unknown: 21, noThreatFound: 48_173 },
      problems: Array.from({ length: 24 }, (_, index) => ({
        path: `${target}/.cache/blob-${index}`,
        reason: index % 3 === 0 ? ('unreadable' as const) : ('tooLarge' as const),
        ...(index % 3 === 0 ? { detail: 'EACCES' } : {}),
      })),
      omittedFindings: 212,
    },
  };
}

export function suspiciousLink(): ScanRecord {
  return {
    id: '0b6f9c1e-0007-4a52-9c55-3f1d2c7a9e07',
    kind: 'url',
    target: 'https://paypal.com.account-verify.example/login?next=https%3A%2F%2Fpaypal.com',
    status: 'finished',
    verdict: 'suspicious',
    startedAt,
    finishedAt: startedAt + 9,
    durationMs: 9,
    summary: 'A brand’s name stands outside of the domain that owns the address',
    engines: [
      { id: 'address', name: 'Address checks', version: '1', state: 'hit', sendsAway: false, elapsedMs: 4 },
      { id: 'urlhaus', name: 'URLhaus', state: 'notAsked', reason: 'switchedOff', sendsAway: true },
      { ...virustotal, reason: 'badKey', state: 'failed', detail: '401 Unauthorized' },
    ],
    findings: [
      {
        engine: 'address',
        rule: 'brand_in_subdomain',
        title: '“paypal.com” is not the domain of this address',
        description: 'The owner of account-verify.example decides what is shown there.',
        severity: 'high',
        weight: 'suspicious',
      },
    ],
  };
}

/** A scan that describes and does not judge. */
export function networkScan(): ScanRecord {
  return {
    id: '0b6f9c1e-0008-4a52-9c55-3f1d2c7a9e08',
    kind: 'network',
    target: '192.168.178.0/24',
    status: 'finished',
    startedAt,
    finishedAt: startedAt + 74_000,
    durationMs: 73_900,
    summary: '2 of 256 hosts answered, 3 open ports',
    engines: [
      { id: 'nmap', name: 'nmap', version: '7.95', state: 'noHit', sendsAway: true, elapsedMs: 73_400 },
    ],
    findings: [],
    details: {
      type: 'network',
      profile: 'full',
      hosts: [
        {
          address: '192.168.178.1',
          family: 'ipv4',
          names: ['fritz.box'],
          state: 'up',
          latencyMs: 0.7,
          ports: [
            {
              port: 53,
              protocol: 'tcp',
              state: 'open',
              service: 'domain',
              product: 'dnsmasq',
              version: '2.90',
            },
            {
              port: 443,
              protocol: 'tcp',
              state: 'open',
              service: 'https',
              product: 'nginx',
              version: '1.22.1',
              tunnel: 'ssl',
            },
            { port: 8_089, protocol: 'tcp', state: 'filtered' },
          ],
          otherPorts: [{ state: 'closed', count: 997 }],
        },
        {
          address: '192.168.178.20',
          family: 'ipv4',
          names: [],
          state: 'up',
          mac: '02:FC:00:00:00:01',
          vendor: 'Printers & Co',
          operatingSystem: { name: 'Linux 5.15', accuracy: 96 },
          latencyMs: 12.4,
          ports: [{ port: 631, protocol: 'tcp', state: 'open', service: 'ipp' }],
          otherPorts: [{ state: 'closed', count: 999 }],
        },
      ],
      hostsUp: 2,
      hostsTotal: 256,
      openPorts: 3,
      complete: true,
      leftOut: [],
      scannerVersion: '7.95',
    },
  };
}

/** Still waiting for one engine. */
export function runningFile(): ScanRecord {
  return maliciousFile({
    id: '0b6f9c1e-0009-4a52-9c55-3f1d2c7a9e09',
    status: 'running',
    verdict: 'suspicious',
    summary: 'install.js: 3 findings, one engine has not answered yet',
    engines: [yara, content, { ...virustotal, state: 'running', reason: undefined }],
  });
}

/** What whoever makes a file, an archive or a rule may put into a record. */
export function hostileRecord(): ScanRecord {
  const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>';
  const details = maliciousFile().details;
  if (details?.type !== 'file') throw new Error('details of a file');
  return maliciousFile({
    id: '0b6f9c1e-0010-4a52-9c55-3f1d2c7a9e10',
    target: `/tmp/invoice\u202efdp.exe\n${markup}\ud83d\u200b\ufeff"'=cmd|calc!A0 ${'x'.repeat(65_536)}`,
    summary: `${markup}\r\nsecond line \u2066isolated`,
    engines: [
      { ...yara, name: markup, version: `${markup}\u0000`, detail: 'long '.repeat(400) },
      {
        ...clamav,
        id: 'b"][data-key="x',
        name: '',
        state: 'failed',
        reason: 'failed',
        detail: '\u202e\u202e\u202e',
      },
    ],
    findings: [
      {
        engine: 'nobody',
        rule: 'rule_'.repeat(2_000),
        title: markup,
        description: '\u0000'.repeat(20_000),
        severity: 'critical',
        weight: 'malicious',
        reference: 'javascript:alert(3)',
        tags: [markup, ...Array.from({ length: 300 }, (_, index) => `tag-${index}`)],
        members: [`../../${markup}`, '\ud83d', 'ش'.repeat(900)],
        matches: Array.from({ length: 300 }, (_, index) => ({
          offset: Number.MAX_SAFE_INTEGER - index,
          length: 0,
          pattern: markup,
        })),
        matchCount: Number.MAX_SAFE_INTEGER,
      },
      {
        engine: 'yara',
        rule: 'x',
        title: 'שלום עולם',
        severity: 'low',
        weight: 'suspicious',
        reference: `https://user:password@example.com/${'a'.repeat(3_000)}`,
        path: '/elsewhere/\u202e\n',
      },
    ],
    details: {
      ...details,
      contentType: { name: markup, mime: markup, extension: markup },
      markedSafe: markup,
      archive: { members: 1, unpackedBytes: 0, problems: Array.from({ length: 5_000 }, () => markup) },
    },
  });
}
