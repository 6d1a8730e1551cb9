import {describe, expect, test} from 'vitest';
import {type Baseline, findRegressions, mergeBaseline} from '../../bench/baseline.ts';
import type {Measured} from '../../bench/measure.ts';
import {percent, printTable} from '../../bench/table.ts';

const load = {perSecond: 1000, p50: 0.5, p99: 12, count: 1000, errors: 0, bytes: 0};
const result = (id: string, connections: number, ratio: number): Measured => ({
  id,
  title: id,
  connections,
  ours: load,
  bare: load,
  ratio,
});
const baseline: Baseline = {measured: 'here', ratios: {1000: {W1: {1: 0.8, 16: 0.6}}, 10000: {W1: {1: 0.7}}}};

describe('the baseline', () => {
  test('what is slower by more than the threshold is named; what is new or for other events is not', () => {
    const results = [result('W1', 1, 0.61), result('W1', 16, 0.44), result('W2', 16, 0.01)];
    expect(findRegressions(results, baseline, 1000, 25)).toEqual([{id: 'W1', connections: 16, ratio: 0.44, baseline: 0.6}]);
    expect(findRegressions(results, baseline, 5000, 25)).toEqual([]);
  });

  test('new figures take the place of theirs alone', () => {
    expect(mergeBaseline(baseline, [result('W1', 16, 0.65432), result('W2', 1, 1)], 1000, 'there')).toEqual({
      measured: 'there',
      ratios: {1000: {W1: {1: 0.8, 16: 0.654}, W2: {1: 1}}, 10000: {W1: {1: 0.7}}},
    });
  });
});

describe('the table', () => {
  test('has a row for each result, with its baseline where there is one', () => {
    const rows = printTable(
      [{...result('W1', 16, 0.5), cpu: {ours: 0.3, bare: 0.1}}, result('W2', 1, 0.004)],
      baseline,
      1000,
    ).split('\n');
    expect(
      rows.slice(2).map(row =>
        row
          .split('|')
          .map(cell => cell.trim())
          .slice(1, -1),
      ),
    ).toEqual([
      ['W1', 'W1', '16', '1000', '1000', '50 %', '60 %', '0.30 (3.00 ×)', '0.50 / 12.0'],
      ['W2', 'W2', '1', '1000', '1000', '0.4 %', '–', '–', '0.50 / 12.0'],
    ]);
  });

  test.each([
    [1.234, '123 %'],
    [0.996, '100 %'],
    [0.0999, '10 %'],
    [0.0123, '1.2 %'],
  ])('%d is printed %s', (ratio, text) => {
    expect(percent(ratio)).toBe(text);
  });
});
