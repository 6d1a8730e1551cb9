import type {AutoScheduleMode} from '../accounts/auto-schedule-mode.ts';
import {overlaps, type TimeRange} from '../base/time-range.ts';
import {firstProperty, type JcalComponent, jcalOf} from '../ical/jcal.ts';
import type {Calendar} from '../ical/parse.ts';
import type {Zone} from '../ical/zone.ts';
import {attendeeChange} from '../itip/attendee.ts';
import {type IsMe, ItipError, type Message} from '../itip/message.ts';
import {myself, organizerIn, partstatOf, setParameters} from '../itip/parties.ts';
import {copyOf, instanceOf, isCancelled, type Series, seriesOf, setProperty} from '../itip/series.ts';
import {type Answered, type ModeRow, modeRows} from './auto-schedule-modes.ts';
import {type Booking, bookingsIn, mostExceptions} from './bookings.ts';

/** An invitation that has come into the calendar of a room. */
export interface Invitation {
  readonly mode: AutoScheduleMode;
  /** The room's copy as it was; undefined: it is new. What was answered in it, and is the same still, is not answered again. */
  readonly before: Calendar | undefined;
  /** Its copy as the message has made it. It is not written to. */
  readonly calendar: Calendar;
  readonly isMe: IsMe;
  /** The room's zone, for DATEs and floating times. */
  readonly zone: Zone;
  readonly now: number;
  /** When the room is taken by anything else than this; it need be told for the range alone. */
  busy(range: TimeRange): Promise<readonly TimeRange[]>;
}

export interface AutoScheduled {
  /** The copy with the room's answers; the very same where there are none. */
  readonly calendar: Calendar;
  /** To the organizer. */
  readonly reply: Message | undefined;
  /** Whether nothing is left for a person to answer. */
  readonly isDone: boolean;
}

/**
 * What a room or thing answers to an invitation, instance by instance (RFC 6638 §3.2.2, RFC 5546 §3.2.3): the series as most of its
 * instances, and each that is otherwise by an override. What is past is left as it is. Instances that lie too far off to be looked at go
 * with the series; where there are too many of them to be looked at, all counts as taken.
 */
export async function autoSchedule(invitation: Invitation): Promise<AutoScheduled> {
  const {mode, calendar, isMe, now, busy} = invitation;
  const unchanged = {calendar, reply: undefined, isDone: false};
  if (mode === 'none' || organizerIn(calendar) === undefined) return unchanged;
  const series = seriesOf(copyOf(calendar));
  const bookings = bookingsIn(series, invitation);
  const open = bookings?.filter(({settled}) => settled === undefined) ?? [];
  if (bookings && open.length === 0) return {...unchanged, isDone: bookings.length > 0};
  const row = modeRows[mode];
  const isTaken = row.free === row.busy || !bookings ? () => false : takenBy(await busy(rangeOf(open)));
  const verdicts = bookings?.map(booking => ({
    ...booking,
    answer: booking.settled ?? (isTaken(booking) ? row.busy : row.free),
  }));
  answerSeries(series, verdicts, row, isMe);
  try {
    const {calendar: answered = calendar, reply} = attendeeChange({before: calendar, after: series.calendar, isMe, now});
    const isLeft = verdicts ? verdicts.some(each => !each.isPast && each.answer === 'NEEDS-ACTION') : row.busy === 'NEEDS-ACTION';
    return {calendar: answered, reply, isDone: !isLeft};
  } catch (error) {
    // The invitation is not one that can be answered; it is there for somebody to see.
    if (error instanceof ItipError) return unchanged;
    throw error;
  }
}

interface Verdict extends Booking {
  readonly answer: Answered;
}

/** Writes the answers into the series. `verdicts` undefined: there are too many instances to be looked at. */
function answerSeries(series: Series, verdicts: readonly Verdict[] | undefined, row: ModeRow, isMe: IsMe): void {
  if (!verdicts) {
    for (const part of [series.master, ...series.overrides.values()])
      if (part && !isCancelled(part)) answer(part, row.busy, isMe);
    return;
  }
  const parts = new Set(verdicts.map(({component}) => component));
  for (const part of parts) {
    const mine = verdicts.filter(({component}) => component === part);
    const ahead = mine.filter(({isPast}) => !isPast);
    if (ahead.every(({settled}) => settled !== undefined)) continue;
    const usual = part === series.master ? mostOf(ahead) : worstOf(ahead);
    const others = part === series.master ? mine.filter(each => each.answer !== usual && each.key !== undefined) : [];
    const [past, exceptions] = [others.filter(({isPast}) => isPast), others.filter(({isPast}) => !isPast)];
    if (exceptions.length > mostExceptions) {
      answer(part, row.busy, isMe);
      continue;
    }
    const apart = [...exceptions, ...(past.length > mostExceptions ? [] : past)];
    const overrides = apart.flatMap(({key, answer: own}) => {
      const override = instanceOf(series, key!);
      return override ? [[override, own] as const] : [];
    });
    answer(part, usual, isMe);
    for (const [override, own] of overrides) {
      answer(override, own, isMe);
      setParameters(myself(override, isMe)!, {partstat: own});
      jcalOf(series.calendar)[2].push(override);
    }
  }
}

/** The answer to most; where it is even, the kinder one. */
function mostOf(verdicts: readonly Verdict[]): Answered {
  const count = (wanted: Answered) => verdicts.filter(({answer}) => answer === wanted).length;
  return order.reduce((best, each) => (count(each) > count(best) ? each : best));
}

const order: readonly Answered[] = ['ACCEPTED', 'DECLINED', 'NEEDS-ACTION'];

/** The answer to instances that only one can be given for (RANGE=THISANDFUTURE): yes where it is yes for all. */
function worstOf(verdicts: readonly Verdict[]): Answered {
  return (['DECLINED', 'NEEDS-ACTION'] as const).find(wanted => verdicts.some(({answer}) => answer === wanted)) ?? 'ACCEPTED';
}

/** PARTSTAT and what follows from it, in place: a room that has said yes is taken, whatever the organizer is meanwhile. */
function answer(part: JcalComponent, partstat: Answered, isMe: IsMe): void {
  const mine = myself(part, isMe);
  if (!mine) return;
  if (partstat !== partstatOf(mine)) setParameters(mine, {partstat});
  if (partstat !== 'NEEDS-ACTION') setParameters(mine, {rsvp: undefined});
  const transparent = String(firstProperty(part, 'transp')?.[3] ?? '').toUpperCase() === 'TRANSPARENT';
  if (transparent === (partstat !== 'ACCEPTED')) return;
  setProperty(part, 'transp', transparent ? undefined : ['transp', {}, 'text', 'TRANSPARENT']);
}

function rangeOf(bookings: readonly Booking[]): TimeRange {
  let [start, end] = [Infinity, -Infinity];
  for (const {spans} of bookings) {
    for (const span of spans) [start, end] = [Math.min(start, span.start), Math.max(end, span.end)];
  }
  return {start, end};
}

/** Whether something that is taken overlaps a booking: found by halving, so that a full room costs no more than an empty one. */
function takenBy(busy: readonly TimeRange[]): (booking: Booking) => boolean {
  const taken: {start: number; end: number}[] = [];
  for (const {start, end} of [...busy].sort((a, b) => a.start - b.start)) {
    const last = taken.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else taken.push({start, end});
  }
  return ({spans}) =>
    spans.some(span => {
      let [low, high] = [0, taken.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (taken[middle]!.end <= span.start) low = middle + 1;
        else high = middle;
      }
      return low < taken.length && span.start < span.end && overlaps(span, taken[low]!);
    });
}
