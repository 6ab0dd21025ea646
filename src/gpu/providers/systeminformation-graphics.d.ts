/** One file of the library: the whole of it would be ten times the size of this process. */
declare module 'systeminformation/lib/graphics' {
  import type { Systeminformation } from 'systeminformation';

  export function graphics(): Promise<Systeminformation.GraphicsData>;
}
