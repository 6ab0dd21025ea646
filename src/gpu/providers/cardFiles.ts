import type { Disposable } from '../../shared/disposable';
import type { CardFollower } from './drmCards';

/** What providers have in common that read files of cards: they need no tool, and nothing runs between two reads. */
export abstract class CardFiles<C extends Disposable> implements Disposable {
  protected constructor(protected readonly cards: CardFollower<C>) {}

  start(): void {
    // What is read is read when it is asked for.
  }

  suspend(): void {
    this.cards.forget();
  }

  toolPids(): readonly number[] {
    return [];
  }

  dispose(): void {
    this.cards.dispose();
  }
}
