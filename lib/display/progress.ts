import { currentSurface, type ProgressRecord, type ProgressSurface } from "./_progress_surface.ts";

/** The live display of one job. */
export interface Progress {
  /**
   * Tells where the job stands. Cheap: most calls paint nothing.
   *
   * @param done Steps done, from 0 to `total`.
   * @param text What else to say, as "loss 2.13".
   */
  update(done: number, text?: string): void;
  /**
   * Takes the display away. May be awaited, to be sure that a notebook has got it; need not be.
   *
   * @param text What stays in its place.
   */
  finish(text?: string): Promise<void>;
}

/** What a job is called and how long it is. */
export interface ProgressOptions {
  readonly label: string;
  /** Number of steps. */
  readonly total: number;
}

/** Where progress is shown and what time it is; other than the defaults in tests only. */
export interface ProgressHost {
  readonly surface?: ProgressSurface;
  /** Milliseconds from any start. */
  readonly now?: () => number;
}

/**
 * Shows how far a job is and when it will be done, judged by its recent speed: live in a notebook cell, on one line in a
 * terminal, and with a line every ten seconds where standard error is a file. What ends must say so with `finish`.
 */
export function progress(options: ProgressOptions, host: ProgressHost = {}): Progress {
  return new LiveProgress(options, host.surface ?? currentSurface(), host.now ?? (() => performance.now()));
}

class LiveProgress implements Progress {
  readonly #options: ProgressOptions;
  readonly #surface: ProgressSurface;
  readonly #now: () => number;
  readonly #speed: RecentSpeed;
  #painted = -Infinity;
  #done = 0;
  #finished = false;

  constructor(options: ProgressOptions, surface: ProgressSurface, now: () => number) {
    this.#options = options;
    this.#surface = surface;
    this.#now = now;
    this.#speed = new RecentSpeed(now());
    this.update(0);
  }

  update(done: number, text = ""): void {
    if (this.#finished) return;
    const now = this.#now();
    this.#done = done;
    this.#speed.add(done, now);
    if (now - this.#painted < this.#surface.interval) return;
    this.#painted = now;
    const { total } = this.#options;
    const perSecond = this.#speed.perSecond();
    const etaSeconds = perSecond === null ? null : Math.max(0, total - done) / perSecond;
    this.#surface.paint({ ...this.#record(text), etaSeconds });
  }

  finish(text = ""): Promise<void> {
    if (this.#finished) return Promise.resolve();
    this.#finished = true;
    return this.#surface.clear({ ...this.#record(text), etaSeconds: 0, finished: true });
  }

  #record(text: string): ProgressRecord {
    const { label, total } = this.#options;
    return { label, done: this.#done, total, etaSeconds: null, text };
  }
}

/** Speed over the last 15 seconds, or over the last five steps where those took longer. */
class RecentSpeed {
  static readonly #WINDOW = 15_000;
  static readonly #LEAST = 5;
  #samples: { readonly done: number; readonly at: number }[];

  constructor(start: number) {
    this.#samples = [{ done: 0, at: start }];
  }

  add(done: number, at: number): void {
    if (done === this.#samples[this.#samples.length - 1].done) return;
    this.#samples.push({ done, at });
    const fresh = this.#samples.findIndex((sample) => sample.at >= at - RecentSpeed.#WINDOW);
    // One sample from before the window stays, as its beginning.
    const drop = Math.min(fresh - 1, this.#samples.length - 1 - RecentSpeed.#LEAST);
    if (drop > 0) this.#samples = this.#samples.slice(drop);
  }

  /** Steps per second, or null where none is done yet. */
  perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples[this.#samples.length - 1];
    const steps = last.done - first.done;
    const seconds = (last.at - first.at) / 1000;
    return steps > 0 && seconds > 0 ? steps / seconds : null;
  }
}
