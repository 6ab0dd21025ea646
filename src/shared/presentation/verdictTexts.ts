import type { VerdictFilter } from '../history/query';
import type { ScanKind, ScanStatus, Severity } from '../scan/record';
import type { Verdict } from '../scan/verdict';

/** A verdict in a word or three, none of which promises safety; `none` is for scans that do not judge. */
export function verdictLabel(verdict: VerdictFilter): string {
  switch (verdict) {
    case 'malicious':
      return 'Malicious';
    case 'suspicious':
      return 'Suspicious';
    case 'error':
      return 'Error';
    case 'unknown':
      return 'Unknown';
    case 'noThreatFound':
      return 'No threat found';
    case 'none':
      return 'No verdict';
  }
}

/** What a verdict does and does not say, in a sentence. */
export function verdictMeaning(verdict: Verdict): string {
  switch (verdict) {
    case 'malicious':
      return 'At least one engine says that it does harm.';
    case 'suspicious':
      return 'Something speaks against it, and nothing proves that it does harm.';
    case 'error':
      return 'What was asked did not answer, so that there is no verdict.';
    case 'unknown':
      return 'Nothing could be asked, or not about all of it, so that there is no verdict.';
    case 'noThreatFound':
      return 'What was asked found nothing against it. That is no proof that there is nothing.';
  }
}

/** How a scan ended, or that it has not. */
export function scanStatusLabel(status: ScanStatus): string {
  switch (status) {
    case 'running':
      return 'Running';
    case 'finished':
      return 'Finished';
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
    case 'timedOut':
      return 'Timed out';
    case 'stalled':
      return 'Stalled';
    case 'interrupted':
      return 'Interrupted';
  }
}

/** What was scanned. */
export function scanKindLabel(kind: ScanKind): string {
  switch (kind) {
    case 'file':
      return 'File';
    case 'folder':
      return 'Folder';
    case 'url':
      return 'Link';
    case 'network':
      return 'Network';
  }
}

export function severityLabel(severity: Severity): string {
  switch (severity) {
    case 'critical':
      return 'Critical';
    case 'high':
      return 'High';
    case 'medium':
      return 'Medium';
    case 'low':
      return 'Low';
    case 'info':
      return 'Information';
  }
}
