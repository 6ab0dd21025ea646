import type { NetworkDetails, NetworkHost } from '../network/networkDetails';
import type { EngineReport, ProblemFile, ScanRecord } from '../scan/record';
import { verdicts } from '../scan/verdict';
import type { UrlDetails } from '../url/urlDetails';
import { problemFileText } from './engineReasons';
import { entropyMeaning } from './entropy';
import { formatBytes, formatCount, formatExactBytes, formatInteger } from './format';
import { formatDuration } from './moments';
import { hostStateText, networkProfileText, portText } from './networkTexts';
import {
  databaseText,
  engineAnswer,
  engineSummary,
  type FindingGroup,
  findingsByEngine,
  groupedFindings,
  judges,
  nothingLeftMachine,
  type Occurrence,
  omittedFindingsOf,
  reportHeadline,
  reportMeaning,
  reportSummary,
  weightText,
} from './reportTexts';
import { withUnseenMarked } from './unseen';
import { scanKindLabel, scanStatusLabel, severityLabel, verdictLabel } from './verdictTexts';
import { webAddress } from './webAddress';

/** A report in the clipboard is read by people; what is left out is counted. */
const mostFindings = 200;
const mostPlaces = 20;
const mostMatches = 10;
const mostProblems = 100;
const mostHosts = 200;
const longestText = 4_000;

/** A record as a Markdown text, for an issue or a mail. Nothing from outside becomes markup in it. */
export function reportMarkdown(record: ScanRecord): string {
  const sections = [
    [`# ${reportHeadline(record)}`, code(record.target), prose(reportSummary(record)), reportMeaning(record)],
    findingLines(record),
    engineLines(record),
    detailLines(record),
  ];
  return `${sections
    .flat()
    .filter((line) => line !== '')
    .join('\n\n')}\n`;
}

function findingLines({ findings, details }: ScanRecord): string[] {
  const omitted = omittedFindingsOf(details);
  if (findings.length === 0 && omitted === 0) return [];
  const groups = groupedFindings(findings);
  const shown = groups.slice(0, mostFindings);
  const left =
    omitted + groups.slice(mostFindings).reduce((sum, { occurrences }) => sum + occurrences.length, 0);
  return [
    '## Findings',
    shown.map(findingItem).join('\n'),
    ...(left > 0 ? [`… and ${formatCount(left, 'more finding')}.`] : []),
  ];
}

function findingItem({ finding, occurrences }: FindingGroup): string {
  const { title, rule, engine, severity, weight, description, reference, tags } = finding;
  const address = webAddress(reference);
  const places = occurrences.slice(0, mostPlaces).flatMap((occurrence) => {
    const text = placeText(occurrence);
    return text === '' ? [] : [`- ${text}`];
  });
  const more = occurrences.length - mostPlaces;
  const lines = [
    `- **${prose(title)}** (${severityLabel(severity).toLowerCase()}, ${weightText(weight)}): ${code(rule)}, ${prose(engine)}`,
    ...(description === undefined ? [] : [prose(description)]),
    ...(tags === undefined || tags.length === 0 ? [] : [`Tags: ${tags.map(prose).join(', ')}`]),
    ...(address === undefined ? [] : [`Reference: <${address}>`]),
    ...places,
    ...(more > 0 ? [`- and ${formatInteger(more)} more`] : []),
  ];
  return lines.join('\n  ');
}

/** File, way into the archive and offsets, as far as there are any. */
function placeText({ path, members = [], matches = [], matchCount = matches.length }: Occurrence): string {
  const shown = matches.slice(0, mostMatches).map(({ offset, length, pattern }) => {
    const name = pattern === undefined ? '' : `${code(pattern)} `;
    return `${name}0x${offset.toString(16).toUpperCase()} (${formatCount(length, 'byte')})`;
  });
  const more = Math.max(matchCount, matches.length) - shown.length;
  return [
    ...(path === undefined ? [] : [code(path)]),
    ...members.map((member) => `› ${code(member)}`),
    ...(shown.length === 0
      ? []
      : [`at ${shown.join(', ')}${more > 0 ? ` and ${formatInteger(more)} more` : ''}`]),
  ].join(' ');
}

function engineLines({ engines, findings, finishedAt, kind }: ScanRecord): string[] {
  const counts = findingsByEngine(findings);
  const rows = engines.map((engine) =>
    engineRow(engine, counts.get(engine.id) ?? 0, finishedAt, judges({ kind })),
  );
  const table = ['| Engine | Answer | Version |', '| --- | --- | --- |', ...rows].join('\n');
  return [
    '## Who was asked',
    `${engineSummary(engines)}${nothingLeftMachine(engines) ? ' Nothing left this machine.' : ''}`,
    ...(rows.length === 0 ? [] : [table]),
  ];
}

function engineRow(engine: EngineReport, findings: number, asOf: number, isJudged: boolean): string {
  const answer = engineAnswer(engine, findings, isJudged);
  const detail = engine.detail === undefined ? '' : ` (${prose(engine.detail)})`;
  const versions = [engine.version, databaseText(engine, asOf)].filter((part) => part !== undefined);
  return `| ${prose(engine.name)} | ${answer}${detail} | ${prose(versions.join(' · ') || '–')} |`;
}

function detailLines(record: ScanRecord): string[] {
  const { details, kind, startedAt, finishedAt, durationMs, status } = record;
  const times = [
    `- Kind: ${scanKindLabel(kind).toLowerCase()}`,
    `- Started: ${isoMoment(startedAt)}`,
    ...(status === 'running'
      ? []
      : [`- Ended: ${isoMoment(finishedAt)} (${scanStatusLabel(status).toLowerCase()})`]),
    `- Duration: ${formatDuration(durationMs)}`,
  ];
  const facts = [...detailFacts(details, record.sha256), ...times];
  return ['## Facts', facts.join('\n'), ...problemLines(details), ...hostLines(details)];
}

function detailFacts(details: ScanRecord['details'], sha256: string | undefined): string[] {
  if (!details) return sha256 === undefined ? [] : [`- SHA-256: ${code(sha256)}`];
  if (details.type === 'folder') {
    const counted = verdicts.flatMap((verdict) => {
      const count = details.verdicts[verdict] ?? 0;
      return count === 0 ? [] : [`${verdictLabel(verdict).toLowerCase()} ${formatInteger(count)}`];
    });
    return [
      `- Files: ${formatInteger(details.files)} (${formatBytes(details.bytes)})`,
      `- Verdicts: ${counted.join(', ') || '–'}`,
      `- Unchanged since an earlier scan: ${formatInteger(details.unchanged)}`,
      `- Left out: ${formatInteger(details.excluded)} by exclusions, ${formatInteger(details.special)} special files`,
    ];
  }
  if (details.type === 'url') return urlFacts(details);
  if (details.type === 'network') return networkFacts(details);
  const { contentType, sizeBytes, entropy, hashes, archive, markedSafe } = details;
  const hash = hashes?.sha256 ?? sha256;
  return [
    ...(markedSafe === undefined ? [] : [`- Marked as safe: ${prose(markedSafe)}`]),
    ...(contentType === undefined ? [] : [`- Type: ${prose(contentType.name)}`]),
    `- Size: ${formatExactBytes(sizeBytes)}`,
    ...(entropy === undefined
      ? []
      : [`- Entropy: ${entropy.toFixed(2)} bits a byte, ${entropyMeaning(entropy)}`]),
    ...(hash === undefined ? [] : [`- SHA-256: ${code(hash)}`]),
    ...(hashes === undefined ? [] : [`- SHA-1: ${code(hashes.sha1)}`, `- MD5: ${code(hashes.md5)}`]),
    ...(archive === undefined
      ? []
      : [
          `- Archive: ${formatCount(archive.members, 'member')} looked at, ${formatBytes(archive.unpackedBytes)} unpacked`,
          ...archive.problems.slice(0, mostProblems).map((problem) => `  - ${prose(problem)}`),
        ]),
  ];
}

function urlFacts(details: UrlDetails): string[] {
  const { normalized, host, unicodeHost, registrableDomain, score, hops = [], certificate } = details;
  const issuer = certificate?.issuer;
  return [
    ...(normalized === undefined ? [] : [`- Opens: ${code(normalized)}`]),
    ...(host === undefined ? [] : [`- Host: ${code(host)}`]),
    ...(unicodeHost === undefined ? [] : [`- Host in its own script: ${code(unicodeHost)}`]),
    ...(registrableDomain === undefined ? [] : [`- Registered as: ${code(registrableDomain)}`]),
    `- Score: ${formatInteger(score)} of 100`,
    ...hops.slice(1, mostProblems).map(({ url }) => `- Leads to: ${code(url)}`),
    ...(issuer === undefined ? [] : [`- Certificate of: ${prose(issuer)}`]),
  ];
}

function problemLines(details: ScanRecord['details']): string[] {
  const problems: readonly ProblemFile[] = details?.type === 'folder' ? details.problems : [];
  if (problems.length === 0) return [];
  const items = problems
    .slice(0, mostProblems)
    .map((problem) => `- ${code(problem.path)}: ${prose(problemFileText(problem))}`);
  const more = problems.length - items.length;
  return [
    '## Files without a full answer',
    items.join('\n'),
    ...(more > 0 ? [`… and ${formatInteger(more)} more.`] : []),
  ];
}

function networkFacts(details: NetworkDetails): string[] {
  const { hostsUp, hostsTotal, openPorts, complete, leftOut } = details;
  return [
    `- Looked at: ${prose(networkProfileText(details))}`,
    `- Hosts: ${formatInteger(hostsUp)} of ${formatInteger(hostsTotal)} answered`,
    `- Open ports: ${formatInteger(openPorts)}`,
    ...(complete ? [] : ['- Not complete: the scan ended before it had seen everything']),
    ...leftOut.map((what) => `- Left out for want of privileges: ${prose(what)}`),
  ];
}

function hostLines(details: ScanRecord['details']): string[] {
  if (details?.type !== 'network' || details.hosts.length === 0) return [];
  const shown = details.hosts.slice(0, mostHosts);
  const more = details.hosts.length - shown.length + (details.omittedHosts ?? 0);
  return [
    '## Hosts',
    shown.map(hostItem).join('\n'),
    ...(more > 0 ? [`… and ${formatInteger(more)} more.`] : []),
  ];
}

function hostItem(host: NetworkHost): string {
  const names = host.names.map(prose).join(', ');
  const ports = host.ports.slice(0, mostPlaces).map((port) => `- ${prose(portText(port))}`);
  const more = host.ports.length - ports.length;
  return [
    `- **${prose(host.address)}**${names === '' ? '' : ` (${names})`}: ${prose(hostStateText(host))}`,
    ...ports,
    ...(more > 0 ? [`- and ${formatInteger(more)} more`] : []),
  ].join('\n  ');
}

/** Readable in every time zone. */
function isoMoment(epochMs: number): string {
  return Math.abs(epochMs) > 8.64e15 ? '–' : new Date(epochMs).toISOString();
}

/** Text from outside as text on one line: what Markdown would make of it is taken away. */
function prose(text: string): string {
  return withUnseenMarked(shortened(text).replace(/\s+/gu, ' ').trim())
    .replace(/[\\`*_[\]<>|&~]/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=www)\./gi, '\\$&')
    .replace(/^(?:[#+=-]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`));
}

/** Text from outside letter by letter. The fence is longer than any run of its sign in the text. */
function code(text: string): string {
  const shown = withUnseenMarked(shortened(text));
  const longestRun = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longestRun + 1);
  const pad = /^[` ]|[` ]$/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

function shortened(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText / 2)} … ${text.slice(-longestText / 2)}`;
}
