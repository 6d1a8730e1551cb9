import type {Measured} from './measure.ts';

/** Ratios to bare node:http, by the calendar’s number of events, the workload and the connections: `{"1000": {"W1": {"16": 0.8}}}`. */
export interface Baseline {
  /** Where and when it was measured, for people. */
  readonly measured: string;
  readonly ratios: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

/** A workload that has become slower than it was. */
export interface Regression {
  readonly id: string;
  readonly connections: number;
  readonly ratio: number;
  readonly baseline: number;
}

export function findBaseline({ratios}: Baseline, events: number, {id, connections}: Measured): number | undefined {
  return ratios[events]?.[id]?.[connections];
}

/** Those whose ratio has fallen by more than `thresholdPercent` of what it was. */
export function findRegressions(
  results: readonly Measured[],
  baseline: Baseline,
  events: number,
  thresholdPercent: number,
): Regression[] {
  return results.flatMap(result => {
    const before = findBaseline(baseline, events, result);
    if (before === undefined || result.ratio >= before * (1 - thresholdPercent / 100)) return [];
    return [{id: result.id, connections: result.connections, ratio: result.ratio, baseline: before}];
  });
}

/** The baseline with these results in place of its own; what was not measured stays. */
export function mergeBaseline(before: Baseline, results: readonly Measured[], events: number, measured: string): Baseline {
  const ofEvents: Record<string, Record<string, number>> = {};
  for (const [id, ratios] of Object.entries(before.ratios[events] ?? {})) ofEvents[id] = {...ratios};
  for (const {id, connections, ratio} of results) {
    ofEvents[id] = {...ofEvents[id], [connections]: Number(ratio.toPrecision(3))};
  }
  return {measured, ratios: {...before.ratios, [events]: ofEvents}};
}
