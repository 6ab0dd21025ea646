import { mostUnasked, type NetworkScanRequest, type PreparedScan } from '../../services/network/scanRequest';
import { leastNmapVersion } from '../../services/network/nmap/nmapLocator';
import type { TargetRefusal } from '../../services/network/target/scanTarget';
import { type NetworkProblem, networkProblemText } from '../../services/network/networkProblem';
import type { ListeningProblem } from '../../shared/network/listeningPort';
import { formatInteger } from '../../shared/presentation/format';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';

/** Why a target is not scanned, and what would be. */
export function refusalText(reason: TargetRefusal, t: Translate): string {
  switch (reason) {
    case 'empty':
      return t(
        'Type a host’s name, an address, a network such as 192.168.1.0/24, or a range such as 192.168.1.10-20.',
      );
    case 'tooLong':
      return t('That is longer than any target.');
    case 'optionLike':
      return t('A target cannot begin with a dash: nmap would take it for an option.');
    case 'controlCharacter':
      return t('A target has no line breaks and no unseen characters.');
    case 'forbiddenCharacter':
      return t('A target has letters, digits, and the signs . : / - _ % alone.');
    case 'several':
      return t('One target at a time: no blanks and commas.');
    case 'url':
      return t('That is a web address; type its host alone.');
    case 'badAddress':
      return t('That is no whole address.');
    case 'badPrefix':
      return t('What follows the slash is the number of bits of the network, such as 24.');
    case 'badRange':
      return t('A range goes from a smaller to a larger number up to 255, such as 192.168.1.10-20.');
    case 'badName':
      return t('That is no name that a host can have.');
    case 'nameWithPrefix':
      return t('A network is written with an address, such as 192.168.1.0/24.');
    case 'tooLarge':
      return t('That is larger than a /8, with its 16 777 216 addresses.');
    case 'notScannable':
      return t('That is no single machine’s address: multicast, broadcast and the like.');
  }
}

export function portsRefusalText(
  reason: Extract<PreparedScan, { type: 'portsRefused' }>['reason'],
  t: Translate,
): string {
  switch (reason) {
    case 'empty':
      return t('Type ports and ranges of them, such as 22, 80, 8000-8100.');
    case 'tooLong':
      return t('That is too long for a list of ports.');
    case 'malformed':
      return t('Only numbers, dashes and commas, such as 22, 80, 8000-8100.');
    case 'outOfRange':
      return t('Ports go from 1 to 65535.');
    case 'badRange':
      return t('A range goes from a smaller to a larger number.');
  }
}

/** What a person is asked before a scan that is not only their own business; undefined where nothing is to be asked. */
export function consentQuestion(
  { target, address, addressCount, needs }: NetworkScanRequest,
  t: Translate,
): { readonly question: string; readonly detail: string } | undefined {
  if (needs.length === 0) return undefined;
  const shown = plainText(target === address ? target : `${target} (${address})`);
  const question = needs.includes('public')
    ? t('Scan {0}, which is on the public Internet?', shown)
    : t('Scan {0} with its {1} addresses?', shown, formatInteger(addressCount));
  const detail = [
    ...(needs.includes('public')
      ? [
          t(
            'Scan only what is yours or whose owner has agreed: elsewhere it may be taken for an attack, and in some places it is forbidden.',
          ),
        ]
      : []),
    ...(needs.includes('large')
      ? [
          t(
            'These are {0} addresses, more than {1}: it takes long, and others will notice.',
            formatInteger(addressCount),
            formatInteger(mostUnasked),
          ),
        ]
      : []),
  ].join('\n\n');
  return { question, detail };
}

/** What went wrong, in a sentence, and what helps. */
export function problemText(problem: NetworkProblem, t: Translate, platform: NodeJS.Platform): string {
  switch (problem.type) {
    case 'notFound':
      return t('nmap, which scans networks for Sentinel, is not installed. {0}', installText(platform, t));
    case 'badPath':
      return t(
        '{0}, which the setting sentinel.network.nmapPath names, is no program that can be run.',
        plainText(problem.path),
      );
    case 'tooOld':
      return t(
        'nmap {0} is too old: Sentinel needs {1} or later. {2}',
        plainText(problem.version),
        leastNmapVersion,
        installText(platform, t),
      );
    case 'notNmap':
      return t('{0} does not say that it is nmap.', plainText(problem.file));
    case 'notStarted':
      return t('nmap could not be started: {0}', plainText(problem.message));
    case 'unresolved':
      return unresolvedText(problem.name, t);
    case 'failed':
      return t('nmap could not scan: {0}', plainText(problem.message));
    case 'killed':
      return t(
        'nmap was ended from outside ({0}). What it had found until then is shown.',
        plainText(problem.signal),
      );
    case 'interrupted':
      return t('nmap’s output breaks off before its end. What was read until then is shown.');
    case 'unreadable':
      return t(
        'nmap’s output could not be read to its end: {0}. What was read until then is shown.',
        networkProblemText(problem),
      );
    case 'cancelled':
      return t('The scan was cancelled. What was found until then is shown.');
    case 'timedOut':
      return t('The scan took too long and was ended. What was found until then is shown.');
  }
}

export function unresolvedText(name: string, t: Translate): string {
  return t('{0} leads to no address.', plainText(name));
}

function installText(platform: NodeJS.Platform, t: Translate): string {
  if (platform === 'linux') return t('Install the package nmap, for example with: sudo apt install nmap');
  if (platform === 'darwin') return t('Install it, for example with: brew install nmap');
  if (platform === 'win32') return t('Install it, for example with: winget install Insecure.Nmap');
  return t('Install it with your system’s packages.');
}

export function listeningProblemText(problem: ListeningProblem, t: Translate): string {
  switch (problem.type) {
    case 'unsupportedSystem':
      return t('Sentinel cannot list the ports of this system ({0}).', problem.platform);
    case 'noTool':
      return t('The ports cannot be listed: {0} was not found.', problem.tool);
    case 'failed':
      return t('The ports could not be listed: {0}', plainText(problem.message));
    case 'hiddenPorts':
      return t('Ports of other users are missing: this system tells them to its administrator alone.');
    case 'cut':
      return t('Ports may be missing: {0} printed more than is read.', problem.tool);
    case 'hiddenProcesses':
      return t(
        'Ports whose process is not told to you, as it is another user’s: {0}.',
        formatInteger(problem.count),
      );
  }
}

export function hostCount(count: number, t: Translate): string {
  return count === 1 ? t('1 host') : t('{0} hosts', formatInteger(count));
}

export function openCount(count: number, t: Translate): string {
  if (count === 0) return t('no open port');
  return count === 1 ? t('1 open port') : t('{0} open ports', formatInteger(count));
}
