import { engineText, problemFileText } from '../../../shared/presentation/engineReasons';
import { verdictLabel } from '../../../shared/presentation/verdictTexts';
import type { NetworkDetails, NetworkHost, NetworkPort } from '../../../shared/network/networkDetails';
import type {
  FileDetails,
  Finding,
  FolderDetails,
  Match,
  ScanDetails,
  ScanRecord,
} from '../../../shared/scan/record';
import type { UrlDetails } from '../../../shared/url/urlDetails';
import { verdicts } from '../../../shared/scan/verdict';

/** What each engine has to say, a line for each: also those that failed or were not asked, with the reason. */
export function enginesText({ engines }: ScanRecord): string {
  return engines.map(engineText).join('\n');
}

/** `EICAR test file (yara: Eicar, high, malicious) in a.zip > b/eicar.com; 2 matches: 68 bytes at 0, …`, a line each. */
export function findingsText({ findings }: ScanRecord): string {
  return findings.map(findingText).join('\n');
}

function findingText(finding: Finding): string {
  const { title, engine, rule, severity, weight } = finding;
  const place = placeText(finding);
  const matches = matchesText(finding);
  return [
    `${title} (${engine}: ${rule}, ${severity}, ${weight})`,
    ...(place === '' ? [] : [` in ${place}`]),
    ...(matches === '' ? [] : [`; ${matches}`]),
  ].join('');
}

/** The file and the way into it, outermost first: `a.zip > b.tar > c`. */
export function placeText({ path, members }: Pick<Finding, 'path' | 'members'>): string {
  return [...(path === undefined ? [] : [path]), ...(members ?? [])].join(' > ');
}

function matchesText({ matches = [], matchCount }: Finding): string {
  const total = Math.max(matchCount ?? 0, matches.length);
  if (total === 0) return '';
  const shown = matches.map(matchText).join(', ');
  const rest = total > matches.length ? ', …' : '';
  return `${total} ${total === 1 ? 'match' : 'matches'}${shown === '' ? '' : `: ${shown}${rest}`}`;
}

function matchText({ offset, length, pattern }: Match): string {
  return `${pattern === undefined ? '' : `${pattern} `}${length} bytes at ${offset}`;
}

/** What only this kind of scan has, a line each. */
export function detailsText({ details }: ScanRecord): string {
  return details === undefined ? '' : detailLines(details).join('\n');
}

/** All that records may have, and more than those of this version do. */
export type AnyDetails = ScanDetails | NetworkDetails | UrlDetails;

function detailLines(details: AnyDetails): readonly string[] {
  switch (details.type) {
    case 'file':
      return fileLines(details);
    case 'folder':
      return folderLines(details);
    case 'url':
      return urlLines(details);
    case 'network':
      return networkLines(details);
  }
}

function fileLines({
  sizeBytes,
  contentType,
  entropy,
  hashes,
  archive,
  markedSafe,
  omittedFindings = 0,
}: FileDetails): readonly string[] {
  const type = contentType?.mime === undefined ? '' : ` (${contentType.mime})`;
  return [
    `Size: ${sizeBytes} bytes`,
    ...(contentType === undefined ? [] : [`Type: ${contentType.name}${type}`]),
    ...(entropy === undefined ? [] : [`Entropy: ${entropy.toFixed(2)} bits a byte`]),
    ...(hashes === undefined ? [] : [`MD5: ${hashes.md5}`, `SHA-1: ${hashes.sha1}`]),
    ...(archive === undefined
      ? []
      : [`Archive: ${archive.members} members, ${archive.unpackedBytes} bytes unpacked`]),
    ...(archive?.problems ?? []).map((problem) => `Not looked at: ${problem}`),
    ...(markedSafe === undefined ? [] : [`Marked as safe by a person: ${markedSafe}`]),
    ...omittedLine(omittedFindings),
  ];
}

function folderLines(details: FolderDetails): readonly string[] {
  const { files, bytes, unchanged, excluded, special, links = 0, problems, omittedFindings = 0 } = details;
  const counts = verdicts.flatMap((verdict) => {
    const count = details.verdicts[verdict] ?? 0;
    return count === 0 ? [] : [`${verdictLabel(verdict)} ${count}`];
  });
  return [
    `Scanned: ${files} files, ${bytes} bytes, ${unchanged} of them unchanged since an earlier scan`,
    `Left out: ${excluded} by exclusions, ${special} pipes, sockets and devices, ${links} links`,
    ...(counts.length === 0 ? [] : [`Verdicts of files: ${counts.join(', ')}`]),
    ...problems.map((problem) => `${problem.path}: ${problemFileText(problem)}`),
    ...omittedLine(omittedFindings),
  ];
}

function omittedLine(count: number): readonly string[] {
  return count === 0 ? [] : [`Findings that are not listed: ${count}`];
}

function urlLines({ normalized, host, unicodeHost, score, hops = [] }: UrlDetails): readonly string[] {
  return [
    ...(normalized === undefined ? [] : [`Address: ${normalized}`]),
    ...(host === undefined ? [] : [`Host: ${host}${unicodeHost === undefined ? '' : ` (${unicodeHost})`}`]),
    `Score: ${score} of 100`,
    ...hops.map(({ url, status }) => `Led to: ${url}${status === undefined ? '' : ` (${status})`}`),
  ];
}

function networkLines(details: NetworkDetails): readonly string[] {
  const { profile, ports, hosts, hostsUp, hostsTotal, openPorts, complete, leftOut } = details;
  return [
    `Profile: ${profile}${ports === undefined ? '' : ` (ports ${ports})`}`,
    `Hosts: ${hostsUp} of ${hostsTotal} up, ${openPorts} open ports`,
    ...(complete ? [] : ['Not complete: the scan ended early']),
    ...leftOut.map((what) => `Left out: ${what}`),
    ...hosts.map(hostText),
  ];
}

function hostText({ address, names, state, operatingSystem, ports }: NetworkHost): string {
  const called = names.length === 0 ? '' : ` (${names.join(', ')})`;
  const system = operatingSystem === undefined ? '' : `, probably ${operatingSystem.name}`;
  const open = ports.length === 0 ? '' : `: ${ports.map(portText).join(', ')}`;
  return `${address}${called} ${state}${system}${open}`;
}

function portText({ port, protocol, state, service, product, version }: NetworkPort): string {
  const what = [service, product, version].filter((part) => part !== undefined).join(' ');
  return `${port}/${protocol} ${state}${what === '' ? '' : ` ${what}`}`;
}
