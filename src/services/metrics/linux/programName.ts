import path from 'node:path';

/** What a list of processes calls a program, and which script or role tells it from others of its kind. */
export interface ProgramName {
  readonly name: string;
  readonly detail?: string;
}

/** The kernel keeps this many bytes of a name (proc_pid_comm(5)). */
const longestKernelName = 15;
/** What Node calls its first thread, and with it the process. */
const nodeMainThread = 'MainThread';
/** Programs that are known by what they run. */
const interpreters = /^(node|nodejs|bun|deno|python[\d.]*|ruby[\d.]*|perl|php|java|bash|dash|sh|zsh)$/;
/** Options whose value is code, not a script. */
const codeOptions = new Set(['-e', '-p', '-c', '--eval', '--print', '-pe', '-cp', '-classpath']);
/** Names alone: an argument may be a secret, a file's or a role's name seldom is. */
const harmless = /^[\w.@+-]{1,40}$/;

/**
 * @param kernelName as in /proc/PID/stat
 * @param commandLine as in /proc/PID/cmdline, arguments separated by NUL; empty for threads of the kernel
 */
export function programName(kernelName: string, commandLine: string): ProgramName {
  const [program = '', ...args] = commandLine.split('\0');
  const file = path.basename(program);
  const cut = kernelName.length === longestKernelName && file.startsWith(kernelName);
  const name = harmless.test(file) && (kernelName === nodeMainThread || cut) ? file : kernelName;
  const detail = roleOf(commandLine) ?? (interpreters.test(name) ? scriptOf(args) : undefined);
  return detail === undefined ? { name } : { name, detail };
}

/**
 * Programs of many processes, browsers and editors among them, say by `--type` what each is for. Some rewrite their
 * arguments as one text.
 */
function roleOf(commandLine: string): string | undefined {
  const role = /[\0 ]--type=([^\0 ]*)/.exec(commandLine)?.[1];
  return role !== undefined && harmless.test(role) ? role : undefined;
}

function scriptOf(args: readonly string[]): string | undefined {
  let index = 0;
  while (args[index]?.startsWith('-') === true) {
    const option = args[index] ?? '';
    if (codeOptions.has(option)) return undefined;
    index += 1;
    // `python -m module`
    if (option === '-m') break;
  }
  const script = path.basename(args[index] ?? '').replace(/\.(m?js|cjs|ts|py|rb|pl|php|sh)$/, '');
  return harmless.test(script) ? script : undefined;
}
