import * as v from 'valibot';
import { reportStateSchema } from '../../src/shared/protocol/report';

/** What VS Code keeps for this page while its document, or the whole window, is gone. */
const stateSchema = v.object({
  ...reportStateSchema.entries,
  /** How many rows of which list a person has asked for. */
  shown: v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))),
  scrollTop: v.pipe(v.number(), v.finite(), v.minValue(0)),
});
type MemoryState = v.InferOutput<typeof stateSchema>;

/** The part of VS Code's own object that keeps a page's state. */
export interface StateKeeper {
  getState(): unknown;
  setState(state: MemoryState): void;
}

/** How far a person had got in this report: it is often left for the file that it points to, and come back to. */
export class Memory {
  private state: MemoryState | undefined;

  constructor(private readonly keeper: StateKeeper) {
    const kept = v.safeParse(stateSchema, keeper.getState());
    if (kept.success) this.state = kept.output;
  }

  get scrollTop(): number {
    return this.state?.scrollTop ?? 0;
  }

  /** Says whose report this is; what was kept of another is forgotten. */
  begin(id: string): void {
    if (this.state?.id === id) return;
    this.state = { id, shown: {}, scrollTop: 0 };
    this.keeper.setState(this.state);
  }

  shown(list: string, atFirst: number): number {
    return Math.max(atFirst, this.state?.shown[list] ?? 0);
  }

  setShown(list: string, count: number): void {
    if (this.state) this.keep({ ...this.state, shown: { ...this.state.shown, [list]: count } });
  }

  setScrollTop(scrollTop: number): void {
    if (this.state) this.keep({ ...this.state, scrollTop });
  }

  private keep(state: MemoryState): void {
    this.state = state;
    this.keeper.setState(state);
  }
}
