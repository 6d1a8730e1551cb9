import {Chalk} from 'chalk';
import type {CheckStatus} from './check.ts';
import type {DoctorReport, DoctorResult} from './run.ts';

/** The report as text for people: one heading a check, one line a result, its fix below. Colours only where they are seen. */
export function printReport(report: DoctorReport, {colours = false, columns = 100} = {}): string {
  const chalk = new Chalk({level: colours ? 1 : 0});
  const paint: Record<CheckStatus, (text: string) => string> = {
    ok: chalk.green,
    warn: chalk.yellow,
    fail: chalk.red,
    skipped: chalk.dim,
  };
  const width = Math.max(0, ...report.results.map(result => result.what.length));
  const lines: string[] = [];
  let before = '';
  for (const result of report.results) {
    const heading = result.what === before ? '' : result.what;
    before = result.what;
    const indent = width + 10;
    const [first = '', ...rest] = wrap(result.message, columns - indent);
    lines.push(
      `${chalk.bold(heading.padEnd(width))}  ${paint[result.status](words[result.status].padEnd(7))} ${first}`.trimEnd(),
    );
    for (const line of rest) lines.push(' '.repeat(indent) + line);
    if (result.fix)
      for (const line of wrap(`Fix: ${result.fix}`, columns - indent)) lines.push(' '.repeat(indent) + chalk.cyan(line));
  }
  lines.push('', paint[report.status](summary(report.results)));
  return lines.join('\n');
}

const words: Record<CheckStatus, string> = {ok: 'ok', warn: 'warning', fail: 'FAILED', skipped: 'skipped'};

function summary(results: readonly DoctorResult[]): string {
  const count = (status: CheckStatus) => results.filter(result => result.status === status).length;
  const failed = count('fail');
  const warned = count('warn');
  if (failed > 0) return `${failed} of ${results.length} failed${warned ? `, ${warned} with a warning` : ''}.`;
  if (warned > 0) return `It works; ${warned} of ${results.length} with a warning.`;
  return 'All is well.';
}

/** Lines of at most `width` characters, broken at spaces; what is to be typed (in backticks) stays whole, so that it can be copied. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/(?:`[^`]*`|[^\s`])+/g) ?? []) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 30)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
