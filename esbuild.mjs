// Builds every bundle of Sentinel.
//
//   node esbuild.mjs                 all bundles, with source maps
//   node esbuild.mjs --production    what ships, minified, without source maps
//   node esbuild.mjs --watch         rebuilds on change
//
// Of what ships, `vscode` is external in the extension's bundle alone: an import of it from a worker, the GPU process
// or a webview fails the build, which keeps those free of the editor.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  logLevel: 'info',
  legalComments: 'none',
  minify: production,
  sourcemap: production ? false : 'linked',
  sourcesContent: false,
  define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
};

/** Bundles for the editor's own Node. @type {esbuild.BuildOptions} */
const node = { ...common, platform: 'node', format: 'cjs', target: 'node22' };

/**
 * Leaves libraries, and parts of features and services (`*.later.ts`), out of the extension's bundle, for code that loads them by
 * `require` when they are first needed: what VS Code has to read at every start stays small.
 * @type {esbuild.Plugin}
 */
const loadedLater = {
  name: 'loaded later',
  setup(build) {
    const folder = (/** @type {string} */ name) =>
      path.posix.relative(build.initialOptions.outdir ?? 'dist', `dist/${name}`);
    build.onResolve({ filter: /^(execa|saxes)$/ }, ({ path: name }) => ({
      path: relative(`${folder('libraries')}/${name}.js`),
      external: true,
    }));
    build.onResolve({ filter: /\.later$/ }, ({ path: name }) => ({
      path: relative(`${folder('later')}/${path.posix.basename(name, '.later')}.js`),
      external: true,
    }));
  },
};

/** @param {string} file @returns {string} as `require` takes it for a file and not for a package */
function relative(file) {
  return file.startsWith('.') ? file : `./${file}`;
}

/** @type {esbuild.BuildOptions[]} */
const shipped = [
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts' },
    outdir: 'dist',
    external: ['vscode'],
    plugins: [loadedLater],
  },
  {
    ...node,
    entryPoints: entries('src/features', '.later.ts'),
    outdir: 'dist/later',
    external: ['vscode'],
    plugins: [loadedLater],
  },
  {
    ...node,
    entryPoints: byBaseName(entries('src/services', '.later.ts')),
    outdir: 'dist/later',
    plugins: [loadedLater],
  },
  { ...node, entryPoints: { execa: 'execa', saxes: 'saxes' }, outdir: 'dist/libraries' },
  { ...node, entryPoints: entries('src/workers', '.worker.ts'), outdir: 'dist/workers' },
  { ...node, entryPoints: entries('src/gpu', '.process.ts'), outdir: 'dist/gpu' },
  { ...node, entryPoints: entries('src/services/process', '.process.ts'), outdir: 'dist/process' },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: ['chrome130'],
    entryPoints: entries('webview-ui', '.webview.ts'),
    outdir: 'dist/webview',
  },
];

/** Tests, benchmarks and the tools around them. They run in this checkout, so that packages stay external. */
const forDevelopment = [
  { ...node, entryPoints: entries('test/unit', '.test.ts'), outdir: 'out/unit', packages: 'external' },
  {
    ...node,
    entryPoints: { index: 'test/integration/index.ts', ...entries('test/integration', '.test.ts') },
    outdir: 'out/integration',
    packages: 'external',
  },
  { ...node, entryPoints: entries('test/e2e', '.test.ts'), outdir: 'out/e2e', packages: 'external' },
  { ...node, entryPoints: entries('test/host', '.tool.ts'), outdir: 'out/host', packages: 'external' },
  {
    ...node,
    entryPoints: { ...entries('test/bench', '.bench.ts'), ...entries('test/bench', '.tool.ts') },
    outdir: 'out/bench',
    packages: 'external',
  },
];

/**
 * Libraries in WebAssembly: their code is bundled, and the module that it loads lies in `dist/wasm`. Only these files
 * of their packages ship, which are much larger.
 */
const wasmModules = ['sql.js/dist/sql-wasm.wasm', '@virustotal/yara-x/pkg/yara_x_js_bg.wasm'];

/** Sentinel's own rules, as they are: each thread compiles them for itself. */
const rulePack = 'src/services/scan/rules/pack';

function copyAssets() {
  mkdirSync('dist/wasm', { recursive: true });
  for (const file of wasmModules)
    copyFileSync(path.join('node_modules', file), path.join('dist/wasm', path.basename(file)));
  mkdirSync('dist/rules', { recursive: true });
  for (const file of readdirSync(rulePack))
    copyFileSync(path.join(rulePack, file), path.join('dist/rules', file));
}

/**
 * @param {Record<string, string>} found
 * @returns {Record<string, string>} the same, each by its file's own name
 */
function byBaseName(found) {
  return Object.fromEntries(Object.entries(found).map(([name, file]) => [path.basename(name), file]));
}

/**
 * Entry points under a folder, found by suffix, so that none can be forgotten in a list kept by hand.
 * @param {string} folder
 * @param {string} suffix
 * @returns {Record<string, string>} name without the suffix (tests keep `.test`) → source
 */
function entries(folder, suffix) {
  const found = /** @type {Record<string, string>} */ ({});
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith(suffix) || file.includes('node_modules')) continue;
    const name = suffix === '.test.ts' ? file.slice(0, -'.ts'.length) : file.slice(0, -suffix.length);
    found[name] = path.join(folder, file);
  }
  return found;
}

const builds = (production ? shipped : [...shipped, ...forDevelopment]).filter(
  (build) => Object.keys(build.entryPoints ?? {}).length > 0,
);

if (!watch) rmSync('dist', { recursive: true, force: true });
if (!watch && !production) rmSync('out', { recursive: true, force: true });

copyAssets();
if (watch) {
  const contexts = await Promise.all(builds.map((build) => esbuild.context(build)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(builds.map((build) => esbuild.build(build)));
}
