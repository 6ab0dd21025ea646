import { fileHosts } from '../data/hosts';
import type { Feature } from './feature';
import type { HostName } from './hostName';
import { percentDecoded } from './percentDecoded';

/** Run when opened, and hardly ever offered by honest pages. */
const lureExtensions =
  /\.(?:scr|pif|hta|vbs|vbe|jse|wsf|wsh|wsc|sct|lnk|cpl|scf|url|iqy|slk|msc|diagcab|settingcontent-ms|library-ms|search-ms|chm|xll|reg)$/i;
const programExtensions =
  /\.(?:exe|msi|msix|appx|appinstaller|bat|cmd|ps1|jar|apk|dmg|pkg|deb|rpm|appimage|run|iso|img|vhdx?|com|dll|sh|docm|xlsm|pptm|vsix|crx|xpi)$/i;
const documentThenProgram =
  /\.(?:pdf|docx?|xlsx?|pptx?|odt|rtf|txt|csv|jpe?g|png|gif|bmp|mp[34]|avi|mov|zip|rar|7z|html?|eml|msg)[\s\p{Cc}._-]*\.(?:exe|scr|pif|com|bat|cmd|ps1|vbs|vbe|jse|wsf|hta|lnk|msi|jar|cpl|iso|img|apk|dmg)$/iu;
/** Pages are built of scripts that are called after the page or the text from which they were made. */
const documentThenScript = /\.(?:pdf|docx?|xlsx?|pptx?|odt|rtf|jpe?g)[\s\p{Cc}._-]*\.js$/iu;
const fileParameters = /^(?:file|filename|file_name|name|fn|download|attachment)$/i;
const turnsDirection = /[\u202a-\u202e\u2066-\u2069]/;

/** What the link offers, by the end of its path. */
export function downloadFeatures(url: URL, host: HostName): Feature[] {
  if (!/^(?:https?|ftp):$/.test(url.protocol)) return [];
  const names = fileNames(url);
  const [name = ''] = names;
  if (turnsDirection.test(name)) {
    return [
      {
        rule: 'turnedName',
        title: 'The name of the file turns its direction',
        reason:
          'Signs that nobody sees let its end be read backwards, so that a program looks like a document.',
        points: 70,
      },
    ];
  }
  const double = names.find((other) => documentThenProgram.test(other) || documentThenScript.test(other));
  if (double !== undefined) {
    return [
      {
        rule: 'doubleExtension',
        title: 'A program that is named like a document',
        reason: `“${double}” has two endings, and the last one counts. Systems that hide it show a document.`,
        points: 60,
      },
    ];
  }
  const trusted =
    host.isLocal || (host.owner !== undefined && !host.sharedHosting && !fileHosts.has(host.ascii));
  if (lureExtensions.test(name) && url.pathname.length > 1) {
    return [
      {
        rule: 'lureDownload',
        title: 'A file that runs when it is opened',
        reason: `“${name}” is of a kind that honest pages hardly ever offer.`,
        points: trusted ? 0 : 40,
      },
    ];
  }
  if (!programExtensions.test(name) || name.length < 3) return [];
  const insecure = url.protocol !== 'https:' && !host.isLocal;
  return [
    {
      rule: 'programDownload',
      title: 'It offers a program',
      reason: insecure
        ? 'On its way, which is not encrypted, anybody may put another in its place.'
        : 'What it does when it is run, the link does not tell.',
      points: trusted ? 0 : insecure ? 20 : 10,
    },
  ];
}

/** That of the path first, and those by which parameters name what is to be saved. */
function fileNames({ pathname, searchParams }: URL): string[] {
  const named = [...searchParams].filter(([name]) => fileParameters.test(name)).map(([, value]) => value);
  const last = percentDecoded(pathname.split('/').at(-1) ?? '');
  return [last, ...named.map((value) => value.split(/[/\\]/).at(-1) ?? '')].map(withoutEnd);
}

/** Systems drop blanks and dots at the end of a name. */
function withoutEnd(name: string): string {
  let end = name.length;
  while (end > 0 && /[\s.]/.test(name.charAt(end - 1))) end -= 1;
  return name.slice(0, end).trim();
}

/** Where else web servers listen in the work of developers. */
const webPorts: ReadonlySet<string> = new Set(
  '80 443 591 2082 2083 2087 2096 3000 3001 4000 4200 4443 5000 5001 5173 6443 7001 8000 8001 8008 8080 8081 8082 8083 8086 8088 8090 8096 8123 8200 8384 8443 8444 8500 8800 8843 8888 9000 9001 9090 9091 9092 9200 9443 10443'.split(
    ' ',
  ),
);

export function portFeatures(url: URL, host: HostName): Feature[] {
  if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) return [];
  if (url.port === '' || host.isLocal || webPorts.has(url.port)) return [];
  return [
    {
      rule: 'unusualPort',
      title: `An unusual port: ${url.port}`,
      reason:
        'Web servers that are there for everybody listen elsewhere; what somebody put up in passing does not.',
      points: 15,
    },
  ];
}

export function addressFeatures(url: URL, host: HostName): Feature[] {
  if (host.address === undefined || host.isLocal) return [];
  if (!/^(?:https?|wss?|ftp):$/.test(url.protocol)) return [];
  return [
    {
      rule: 'publicAddress',
      title: 'An address in the place of a name',
      reason: 'A number tells nobody whose it is, and needs no name that could be taken away.',
      points: 20,
    },
  ];
}

/** Where programs that steal send what they have taken. */
export function sinkFeatures(url: URL, host: HostName): Feature[] {
  const path = url.pathname;
  const isHook =
    (/^(?:[a-z]+\.)?discord(?:app)?\.com$/.test(host.ascii) &&
      /^\/api\/(?:v\d+\/)?webhooks\/\d/.test(path)) ||
    (host.ascii === 'api.telegram.org' && /^\/bot\d+:/.test(path));
  if (!isHook) return [];
  return [
    {
      rule: 'chatHook',
      title: 'Whoever has it can send messages into a chat',
      reason: 'It holds a secret, and stolen data is sent that way, since nobody blocks these hosts.',
      points: 20,
    },
  ];
}
