/** How often workers are asked for a sign of life, and after how many rounds without one that is said, and the worker replaced. */
export interface HealthFigures {
  readonly everyMs: number;
  readonly reportAfter: number;
  readonly replaceAfter: number;
}

/**
 * A worker whose event loop does not turn for 15 seconds is reported, after a minute it is replaced. The longest step that an honest
 * request may need is a second or two (a listing of 100,000 members), ten times that on a machine that is overwhelmed.
 */
export const healthFigures: HealthFigures = {everyMs: 5000, reportAfter: 3, replaceAfter: 12};

/**
 * The signs of life of one worker. It is counted in rounds, not by a clock: while the machine sleeps, or the supervisor itself gets no
 * processor, no round passes.
 */
export class Pulse {
  readonly #figures: HealthFigures;
  #silent = 0;

  constructor(figures: HealthFigures) {
    this.#figures = figures;
  }

  /** It has given a sign. Answers whether it had been reported. */
  beat(): boolean {
    const recovered = this.#silent > this.#figures.reportAfter;
    this.#silent = 0;
    return recovered;
  }

  /** A round has passed, and it is asked again: what is to be done about those before, if anything. */
  round(): 'report' | 'replace' | undefined {
    const silent = this.#silent++;
    if (silent >= this.#figures.replaceAfter) return 'replace';
    return silent === this.#figures.reportAfter ? 'report' : undefined;
  }
}
