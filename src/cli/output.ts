/** How a command speaks. Results go to standard output, everything else to standard error. */
export interface Output {
  /** `--json` was given: print results as one JSON document and nothing else on standard output. */
  readonly json: boolean;
  /** Standard input and output are a terminal, so a question can be asked. */
  readonly interactive: boolean;
  /** Standard output is a terminal: progress may be animated. */
  readonly animated: boolean;
  /** A line for people; not printed with `--json`. */
  line(text?: string): void;
  /** The result: `value` as JSON with `--json`, otherwise `text`. */
  result(value: unknown, text: string): void;
  /** A remark on standard error. */
  note(text: string): void;
}

/** The terminal, or whatever standard input and output are instead. */
export function createOutput(json: boolean, {stdin, stdout, stderr} = process): Output {
  return {
    json,
    interactive: Boolean(stdin.isTTY && stdout.isTTY) && !json,
    animated: Boolean(stdout.isTTY) && !json && process.env.TERM !== 'dumb',
    line(text = '') {
      if (!json) stdout.write(`${text}\n`);
    },
    result(value, text) {
      stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
    },
    note(text) {
      stderr.write(`${text}\n`);
    },
  };
}
