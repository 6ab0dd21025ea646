import * as v from 'valibot';
import { nodeCommand } from '../../services/process/processCommand';
import { systemSignals } from '../../services/process/processGroup';
import type { Clock } from '../../shared/clock';
import type { GraphicsController } from './systemInformation';
import { ToolLoop } from './toolLoop';

/** The argument that makes the GPU process's bundle print the controllers and end. */
export const graphicsArgument = '--graphics';

const maxControllers = 32;
const timeLimitMs = 10_000;

const text = v.nullish(v.string());
const controllerSchema = v.object({
  vendor: text,
  model: text,
  bus: text,
  busAddress: text,
  vram: v.nullish(v.number()),
  vramDynamic: v.nullish(v.boolean()),
  driverVersion: text,
});

/** The program: asks the library and prints a controller a line. */
export async function printGraphics(): Promise<void> {
  const { graphics } = await import('systeminformation/lib/graphics');
  for (const controller of (await graphics()).controllers)
    process.stdout.write(`${JSON.stringify(controller)}\n`);
}

/**
 * Runs `printGraphics` in a process of its own, and not in this one: the library starts programs and waits for
 * them without a limit and without letting anything else of its process run, `nvidia-smi` among them, which hangs
 * where the driver does.
 *
 * @param script the bundle that knows `graphicsArgument`
 * @param signal ends it
 */
export function loadGraphics(
  script: string,
  clock: Clock,
  signal: AbortSignal,
  limitMs = timeLimitMs,
): Promise<readonly GraphicsController[]> {
  return new Promise((resolve, reject) => {
    const { file, args, env } = nodeCommand(script, [graphicsArgument]);
    const controllers: GraphicsController[] = [];
    const tool = new ToolLoop(
      file,
      args,
      {
        onLine: (line) => {
          const controller = parseController(line);
          if (controller !== undefined && controllers.length < maxControllers) controllers.push(controller);
        },
        onEnd: (how) => {
          settle();
          if (how === 'exit code 0') resolve(controllers);
          else reject(new Error(`ended with ${how}`));
        },
      },
      env,
    );
    const end = (reason: string): void => {
      settle();
      // Windows knows no process groups: what it has started would stay, were only its own process ended.
      if (process.platform === 'win32' && tool.pid !== undefined) systemSignals().send(tool.pid, 'SIGKILL');
      tool.dispose();
      reject(new Error(reason));
    };
    const limit = clock.setTimeout(() => {
      end(`no answer within ${limitMs / 1_000} s`);
    }, limitMs);
    const onAbort = (): void => {
      end('no longer wanted');
    };
    const settle = (): void => {
      limit.dispose();
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort);
  });
}

function parseController(line: string): GraphicsController | undefined {
  try {
    return v.parse(controllerSchema, JSON.parse(line));
  } catch {
    return undefined;
  }
}
