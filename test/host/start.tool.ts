import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureHost } from './install';
import { openInBrowser } from './openInBrowser';
import { packageVsix } from './packaging';
import { repositoryRoot } from './paths';
import { assertFree, startServer } from './server';
import { ToolError } from './toolError';
import { toolMain } from './toolMain';

const usage = `Usage: npm start [-- OPTIONS]

Builds and packages Sentinel, installs it into a VS Code taken from the npm registry, and serves that on this
machine's loopback interface until Ctrl+C.

  --port N        port to listen on (default: a free one)
  --folder PATH   folder to open (default: this checkout)
  --no-open       print the address, but do not open a browser
  --help          show this text`;

void toolMain(async (scope) => {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    console.log(usage);
    return 0;
  }
  // Before the long part: building and installing take a while.
  if (options.port !== undefined) await assertFree(options.port);
  const installation = await ensureHost(console.log);
  const vsix = await packageVsix();
  console.log(`Packaged ${vsix.path} (${vsix.sizeMB.toFixed(2)} MB)`);
  const server = await startServer(scope, {
    installation,
    vsix: vsix.path,
    gallery: true,
    // Whoever connects can run programs as this user.
    connectionToken: randomBytes(16).toString('hex'),
    ...(options.port !== undefined && { port: options.port }),
  });
  const address = server.address(options.folder);
  console.log(`\nVS Code ${installation.version} with Sentinel: ${address}\nCtrl+C ends it.`);
  if (options.open) await openInBrowser(address);
  const reason = await server.ended;
  throw new ToolError(`VS Code's server ended (${reason}).\n${server.logs()}`);
});

interface StartOptions {
  readonly help: boolean;
  readonly port: number | undefined;
  readonly folder: string;
  readonly open: boolean;
}

function parse(args: string[]): StartOptions {
  const { values } = parseOrExplain(args);
  // npm runs scripts in the checkout; a relative path means the folder in which the person typed it.
  const folder = path.resolve(process.env['INIT_CWD'] ?? process.cwd(), values.folder ?? repositoryRoot());
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ToolError(`--folder ${folder} is not a folder.`);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new ToolError(`--port ${values.port ?? ''} is not a port: give a whole number from 1 to 65535.`);
  }
  return { help: values.help, port, folder, open: !values['no-open'] };
}

function parseOrExplain(args: string[]): ReturnType<typeof parseKnown> {
  try {
    return parseKnown(args);
  } catch (error) {
    throw new ToolError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

// The result's type follows from the options and is too intricate to be worth naming.
function parseKnown(args: string[]) {
  return parseArgs({
    args,
    options: {
      port: { type: 'string' },
      folder: { type: 'string' },
      'no-open': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}
