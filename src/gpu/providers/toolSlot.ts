import type { Disposable } from '../../shared/disposable';
import { type StartTool, type Tool, ToolLoop, type ToolLoopHandlers } from './toolLoop';

const startToolLoop: StartTool = (file, args, handlers) => new ToolLoop(file, args, handlers);

/**
 * Room for one tool. A tool that waits for a driver which does not answer cannot be killed until it does: whoever
 * starts another meanwhile piles them up. So the next is started only when the one before has gone.
 */
export class ToolSlot implements Disposable {
  private tool: Tool | undefined;
  private leaving: Promise<void> | undefined;

  constructor(private readonly startTool: StartTool = startToolLoop) {}

  get pid(): number | undefined {
    return this.tool?.pid;
  }

  get isOccupied(): boolean {
    return this.tool !== undefined;
  }

  /** Settles when the tool that was ended has gone; undefined where none is awaited. */
  get vacated(): Promise<void> | undefined {
    return this.leaving;
  }

  /** Not while a tool is in the slot or is awaited. */
  open(file: string, args: readonly string[], handlers: ToolLoopHandlers): void {
    if (this.tool !== undefined || this.leaving !== undefined) throw new Error('The slot is not free.');
    this.tool = this.startTool(file, args, handlers);
  }

  /** Ends the tool. */
  dispose(): void {
    const { tool } = this;
    this.tool = undefined;
    if (tool === undefined) return;
    tool.dispose();
    const leaving = tool.exited.then(() => {
      this.leaving = undefined;
    });
    this.leaving = leaving;
  }
}
