import { runTests } from '@vscode/test-electron';
import { inRepository, repositoryRoot } from './paths';
import { resultsVariable } from './results';
import { temporaryFolder } from './temporaryFolder';
import { ToolError } from './toolError';
import { toolMain } from './toolMain';

void toolMain(async (scope) => {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    throw new ToolError('VS Code for the desktop needs a display: run `xvfb-run -a npm run test:electron`.');
  }
  try {
    return await runTests({
      extensionDevelopmentPath: repositoryRoot(),
      extensionTestsPath: inRepository('out', 'integration', 'index.js'),
      extensionTestsEnv: { [resultsVariable]: process.env[resultsVariable] },
      launchArgs: [
        temporaryFolder(scope, 'workspace').path,
        '--disable-extensions',
        '--disable-workspace-trust',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--user-data-dir',
        temporaryFolder(scope, 'user-data').path,
      ],
    });
  } catch (error) {
    throw new ToolError(
      `The tests did not run in VS Code for the desktop (it is downloaded from the vendor's server): ${String(error)}`,
    );
  }
});
