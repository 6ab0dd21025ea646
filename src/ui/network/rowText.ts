import { portText } from '../../shared/presentation/networkTexts';
import { oneLine } from '../../shared/presentation/plainText';
import type { NetworkNode } from './networkNodes';

/** A row for the clipboard: what one would paste into a terminal or a note. Empty where a row says nothing. */
export function rowText(node: NetworkNode): string {
  switch (node.type) {
    case 'scan':
      return node.key.split(' ')[0] ?? '';
    case 'host':
      return node.host.address;
    case 'port':
      return oneLine(`${node.host.address} ${portText(node.port)}`);
    case 'listeningPort': {
      const { address, family, port, protocol, process: owner } = node.port;
      const place = family === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`;
      return oneLine(`${place}/${protocol}${owner === undefined ? '' : ` ${owner.name} (${owner.pid})`}`);
    }
    case 'note':
      return node.text;
    case 'start':
    case 'more':
    case 'listening':
      return '';
  }
}
