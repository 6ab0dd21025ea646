/**
 * What threads and programs inherit from the host: how to find programs and folders, and in which language and
 * time zone to answer. Tokens and keys of other extensions and shells stay behind, and so do `NODE_OPTIONS`,
 * `LD_PRELOAD` and the like, which would let them change what the program does.
 */
const inheritedNames = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'LC_MESSAGES',
  'TZ',
  'TMPDIR',
  'XDG_RUNTIME_DIR',
  // Windows
  'SystemRoot',
  'SystemDrive',
  'ProgramData',
  'ProgramFiles',
  'ProgramFiles(x86)',
  'PATHEXT',
  'COMSPEC',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
] as const;

// Windows knows no difference of case in names: `Path` is `PATH`.
const inherited = new Set(inheritedNames.map((name) => name.toUpperCase()));

/** The allowed part of an environment, with `extra` added. */
export function reducedEnvironment(
  from: Readonly<NodeJS.ProcessEnv>,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const reduced: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && inherited.has(name.toUpperCase())) reduced[name] = value;
  }
  return { ...reduced, ...extra };
}
