import type {Output} from '../output.ts';

/** Counts towards a total on a terminal's standard error; says nothing elsewhere. */
export interface Progress {
  step(): void;
  /** Takes the line away. */
  end(): void;
}

const width = 30;

export function createProgress({animated}: Output, what: string, total: number): Progress {
  if (!animated || total === 0) return {step() {}, end() {}};
  let count = 0;
  let shown = 0;
  return {
    step() {
      count++;
      const now = performance.now();
      if (now - shown < 80 && count < total) return;
      shown = now;
      const full = Math.floor((count / total) * width);
      process.stderr.write(`\r\x1b[K${what} [${'█'.repeat(full)}${' '.repeat(width - full)}] ${count}/${total}`);
    },
    end() {
      process.stderr.write('\r\x1b[K');
    },
  };
}
