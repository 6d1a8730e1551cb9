import {jcalOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import {copyOf, excludedIn, isCancelled, partsOf, seriesOf, setExcluded} from '../itip/series.ts';

/**
 * A room's copy without what is cancelled, which nobody looks at there: overrides become EXDATEs. The very same where nothing is;
 * undefined: nothing is left.
 */
export function dropCancelled(calendar: Calendar): Calendar | undefined {
  if (!partsOf(seriesOf(calendar)).some(isCancelled)) return calendar;
  const series = seriesOf(copyOf(calendar));
  const {master, overrides} = series;
  const gone = new Set([...overrides].filter(([, part]) => isCancelled(part)).map(([key]) => key));
  const lost = new Set([...gone].map(key => overrides.get(key)!));
  if (master && isCancelled(master)) lost.add(master);
  const left = partsOf(series).filter(part => !lost.has(part));
  if (left.length === 0) return undefined;
  if (master && !lost.has(master)) setExcluded(series, new Set([...excludedIn(series), ...gone]));
  const calendarComponent = jcalOf(series.calendar);
  calendarComponent[2] = calendarComponent[2].filter(part => !lost.has(part));
  return copyOf(series.calendar);
}
