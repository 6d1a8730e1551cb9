import type {JcalComponent} from '../ical/jcal.ts';
import type {IsMe, Message} from './message.ts';
import {myself, partstatOf} from './parties.ts';
import {replyOf, replyPart} from './reply.ts';
import {excludedIn, instanceOf, isCancelled, isForFuture, type Series} from './series.ts';

/** An answer: a component, and which it is. `DECLINED`: it was taken away, and this is what it was. */
export type Answer = readonly [key: number | 'master', component: JcalComponent, partstat?: 'DECLINED'];

interface Answering {
  readonly isMe: IsMe;
  readonly now: number;
  /** What the organizer knows as the answer to the series. */
  readonly was: string | undefined;
}

/**
 * The REPLY of these answers (RFC 5546 §3.2.3). One to a series goes for all instances that it does not name, and so names those that are
 * answered otherwise.
 */
export function replyWith(answers: readonly Answer[], stored: Series, {isMe, now, was}: Answering): Message | undefined {
  const all = new Map(answers.map(answer => [answer[0], answer]));
  const master = all.get('master')?.[1];
  if (master) {
    const partstat = partstatOf(myself(master, isMe));
    for (const [key, part] of stored.overrides) {
      if (!isCancelled(part) && partstatOf(myself(part, isMe)) !== partstat && !all.has(key)) all.set(key, [key, part]);
    }
    // Of who had declined everything, what they have taken out of their calendar stays declined.
    if (was === 'DECLINED' && partstat !== 'DECLINED') {
      for (const key of excludedIn(stored)) {
        const instance = instanceOf(unexcluded(stored), key);
        if (instance && !all.has(key)) all.set(key, [key, instance, 'DECLINED']);
      }
    }
  }
  // What is said of all instances from one on names those that are answered otherwise, too.
  for (const [from, part] of answers) {
    if (from === 'master' || !isForFuture(part)) continue;
    for (const [key, later] of stored.overrides) {
      if (key <= from || isCancelled(later) || all.has(key)) continue;
      if (partstatOf(myself(later, isMe)) !== partstatOf(myself(part, isMe))) all.set(key, [key, later]);
    }
  }
  return replyOf(
    [...all.values()].map(([, part, partstat]) => replyPart(part, isMe, now, partstat)),
    stored.calendar,
  );
}

/** A series as it is without EXDATE. */
export function unexcluded(series: Series): Series {
  const {master} = series;
  return {...series, master: master && [master[0], master[1].filter(([name]) => name !== 'exdate'), master[2]]};
}
