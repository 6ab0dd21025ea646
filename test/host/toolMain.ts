import { ExitScope } from './exitScope';
import { ToolError } from './toolError';

/**
 * Frame of every command-line tool: one scope that owns what it starts, one way to show errors. `main` resolves with
 * the exit code.
 */
export async function toolMain(main: (scope: ExitScope) => Promise<number>): Promise<void> {
  const scope = new ExitScope();
  let code = 1;
  try {
    assertNode();
    code = await main(scope);
  } catch (error) {
    if (!scope.isInterrupted) console.error(error instanceof ToolError ? error.message : error);
  }
  await scope.close();
  // The signal's own handler ends the process, with the signal's exit code.
  if (scope.isInterrupted) return;
  process.exit(code);
}

/** The editor's extension host has Node 22 or later, and so have the tests; npm's scripts find it in node_modules. */
function assertNode(): void {
  if (Number.parseInt(process.versions.node) >= 22) return;
  throw new ToolError(
    `This needs Node 22 or later, and is running on ${process.versions.node}. Start it through npm (\`npm test\`, ` +
      '`npm start`, …), whose scripts use the Node that `npm ci` installs.',
  );
}
