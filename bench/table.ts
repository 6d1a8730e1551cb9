import {type Baseline, findBaseline} from './baseline.ts';
import type {Measured} from './measure.ts';
import type {Dimension, Growth} from './scale.ts';

/** The results as a table in Markdown, as docs/performance.md has it. */
export function printTable(results: readonly Measured[], baseline: Baseline, events: number): string {
  const rows = results.map(result => {
    const {id, title, connections, ours, bare, ratio, cpu} = result;
    const before = findBaseline(baseline, events, result);
    return [
      id,
      title,
      String(connections),
      number(ours.perSecond),
      number(bare.perSecond),
      percent(ratio),
      before === undefined ? '–' : percent(before),
      cpu === undefined ? '–' : `${number(cpu.ours)} (${number(cpu.ours / cpu.bare)} ×)`,
      `${number(ours.p50)} / ${number(ours.p99)}`,
    ];
  });
  const head = ['', 'request', 'conns', 'ours/s', 'bare/s', 'of bare', 'baseline', 'cpu ms (of bare)', 'p50 / p99 ms'];
  return table(head, rows, 2);
}

/** How cost grows, as a table in Markdown. */
export function printGrowth(results: readonly Growth[], dimension: Dimension): string {
  const rows = results.map(({id, size, perSecond, cpuMs, time, cpu}) => [
    id,
    String(size),
    number(perSecond),
    `${number(time)} ×`,
    cpuMs === undefined ? '–' : number(cpuMs),
    cpu === undefined ? '–' : `${number(cpu)} ×`,
  ]);
  return table(['', dimension, 'ours/s', 'time', 'cpu ms', 'cpu'], rows, 1);
}

/** `left`: so many columns hold text. */
function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length), 3));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column < left ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function percent(ratio: number): string {
  const value = ratio * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

function number(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value.toPrecision(value >= 1 ? 3 : 2);
}
