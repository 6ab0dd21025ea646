import type { XmlFault } from './nmap/nmapXml';

/** Why there is no result, or none of all. Expected states, not exceptions. */
export type NetworkProblem =
  | { readonly type: 'notFound' }
  /** What the setting names is no program that may be run. */
  | { readonly type: 'badPath'; readonly path: string }
  | { readonly type: 'tooOld'; readonly version: string; readonly least: string }
  /** It runs, and what it says of itself is not what nmap says. */
  | { readonly type: 'notNmap'; readonly file: string }
  | { readonly type: 'notStarted'; readonly message: string }
  /** A name that leads to no address. */
  | { readonly type: 'unresolved'; readonly name: string }
  /** In nmap's own words. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'killed'; readonly signal: string }
  /** It ended as if all were well, and its output did not. */
  | { readonly type: 'interrupted' }
  | { readonly type: 'unreadable'; readonly fault: XmlFault }
  | { readonly type: 'cancelled' }
  | { readonly type: 'timedOut' };

/** Problems because of which nmap was not even asked. */
export function isSetupProblem({ type }: NetworkProblem): boolean {
  return ['notFound', 'badPath', 'tooOld', 'notNmap', 'notStarted', 'unresolved'].includes(type);
}

/** In the words of records and logs. */
export function networkProblemText(problem: NetworkProblem): string {
  switch (problem.type) {
    case 'notFound':
      return 'nmap was not found';
    case 'badPath':
      return `${problem.path} is no program that can be run`;
    case 'tooOld':
      return `nmap ${problem.version} is older than ${problem.least}`;
    case 'notNmap':
      return `${problem.file} does not say that it is nmap`;
    case 'notStarted':
      return `nmap could not be started: ${problem.message}`;
    case 'unresolved':
      return `${problem.name} leads to no address`;
    case 'failed':
      return problem.message;
    case 'killed':
      return `nmap was ended from outside (${problem.signal})`;
    case 'interrupted':
      return 'nmap’s output breaks off before its end';
    case 'unreadable':
      return faultText(problem.fault);
    case 'cancelled':
      return 'the scan was cancelled';
    case 'timedOut':
      return 'the scan took too long';
  }
}

function faultText(fault: XmlFault): string {
  switch (fault) {
    case 'malformed':
      return 'nmap’s output is not well-formed';
    case 'wrongRoot':
      return 'what was read is not nmap’s output';
    case 'declarations':
      return 'the output declares entities, which nmap never does';
    case 'tooDeep':
      return 'the output is nested deeper than nmap’s ever is';
    case 'tooLarge':
      return 'the output is larger than what is read';
    case 'encoding':
      return 'parts of nmap’s output are not text';
  }
}
