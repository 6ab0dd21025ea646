import type { Clock } from '../../../shared/clock';
import type { WorkControl } from '../../../workers/controlBlock';

const pollMs = 50;

/** Tells the task's owner that its work stands still, until it may go on or is to end. Blocks no thread. */
export async function standStill(
  control: Pick<WorkControl, 'isPauseWanted' | 'standStill'>,
  clock: Clock,
): Promise<void> {
  const still = control.standStill();
  while (control.isPauseWanted) {
    await new Promise<void>((resolve) => {
      clock.setTimeout(resolve, pollMs);
    });
  }
  still.dispose();
}
