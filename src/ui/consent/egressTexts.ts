import type { Egress, EgressOf } from '../../services/consent/egress';
import type { ConsentAnswer } from '../../services/consent/virusTotalConsent';
import { formatBytes } from '../../shared/presentation/format';
import { plainText } from '../../shared/presentation/plainText';
import type { Translate } from '../translate';

/** What leaves the machine with a request, in a sentence, as a task's step says it. */
export function egressText(egress: Egress, t: Translate): string {
  const { service } = egress;
  switch (egress.content) {
    case 'hash':
      return t('{0}: only the SHA-256 hash leaves this machine', service);
    case 'file':
      return t(
        '{0}: the file itself leaves this machine, without its name ({1})',
        service,
        formatBytes(egress.sizeBytes),
      );
    case 'url':
      return t('{0}: the whole address leaves this machine', service);
    case 'key':
      return t('{0}: only the API key leaves this machine', service);
  }
}

/** A question before something is sent, with all that is to be known for an answer. */
export interface ConsentDialog {
  readonly message: string;
  readonly detail: string;
  /** Whoever chooses none of them has refused. */
  readonly choices: readonly { readonly label: string; readonly answer: ConsentAnswer }[];
}

type Asked = EgressOf<'hash' | 'file' | 'url'>;

/** More names than this are not read. */
const maxNames = 8;

/** @param about of one content */
export function consentDialog(about: readonly [Asked, ...Asked[]], t: Translate): ConsentDialog {
  const [first] = about;
  const { service, content } = first;
  const stop = { label: t('Not in This Window'), answer: 'stop' } as const;
  const isOne = about.length === 1;
  const name = nameOf(first);
  const count = about.length;
  const names = isOne ? [] : [namesText(about, t)];
  switch (content) {
    case 'hash':
      return {
        message: isOne
          ? t('Ask {0} about {1}?', service, name)
          : t('Ask {0} about {1} files?', service, count),
        detail: [
          t('Only the SHA-256 hash leaves this machine, together with your API key.'),
          publicText(service, t),
          t(
            'If {0} has never seen the file, it can be uploaded: the file itself then leaves this machine, without its name, and becomes available to the partners and customers of {0}.',
            service,
          ),
          ...names,
        ].join('\n\n'),
        choices: [
          { label: t('Send Hash'), answer: 'allow' },
          { label: t('Send Hash, Upload if Unknown'), answer: 'allowAll' },
          stop,
        ],
      };
    case 'file':
      return {
        message: isOne
          ? t('Upload {0} to {1}?', name, service)
          : t('Upload {0} files to {1}?', count, service),
        detail: [
          t(
            'The file itself leaves this machine ({0}), without its name, together with your API key. It becomes available to the partners and customers of {1}, and cannot be taken back.',
            formatBytes(
              about.reduce((sum, egress) => sum + ('sizeBytes' in egress ? egress.sizeBytes : 0), 0),
            ),
            service,
          ),
          t('{0} was asked by hash and has never seen it.', service),
          ...names,
        ].join('\n\n'),
        choices: [{ label: t('Upload'), answer: 'allow' }, stop],
      };
    case 'url':
      return {
        message: isOne
          ? t('Ask {0} about {1}?', service, name)
          : t('Ask {0} about {1} addresses?', service, count),
        detail: [
          t(
            'The whole address leaves this machine, with any token that stands in it, together with your API key.',
          ),
          publicText(service, t),
          t('If {0} has never seen it, it can be sent in: {0} then visits it.', service),
          ...names,
        ].join('\n\n'),
        choices: [
          { label: t('Send Address'), answer: 'allow' },
          { label: t('Send Address, Visit if Unknown'), answer: 'allowAll' },
          stop,
        ],
      };
  }
}

function publicText(service: string, t: Translate): string {
  return t('By its terms, what {0} is asked about is added to its data, which others can see.', service);
}

function namesText(about: readonly Asked[], t: Translate): string {
  const shown = about.slice(0, maxNames).map((egress) => nameOf(egress));
  const more = about.length - shown.length;
  return [...shown, ...(more > 0 ? [t('and {0} more', more)] : [])].join('\n');
}

function nameOf(egress: Asked): string {
  return plainText(egress.content === 'url' ? egress.url : egress.path, 120);
}
