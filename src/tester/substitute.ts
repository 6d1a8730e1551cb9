import {randomUUID} from 'node:crypto';
import type {ServerInfo} from './server-info.ts';

/** The variables of a run: the serverinfo's, what was grabbed, and those that the engine itself knows. */
export interface Variables {
  set(name: string, value: string): void;
  /** Fills in every `$name:` that is known, also those that a value names. `$uidrandom:` is one UID throughout a text. */
  fill(text: string): string;
  /** Gives `$uid1:` and its like new values. */
  renewUids(): void;
}

/** Values that name each other in a circle end here. */
const deepest = 20;

export function createVariables(info: ServerInfo, now = new Date()): Variables {
  const values = new Map(info.substitutions);
  values.set('$host:', `http://${info.host}:${info.port}`);
  values.set('$hostssl:', `https://${info.host}:${info.sslPort}`);
  let uids = randomUUID();

  const find = (name: string): string | undefined => {
    const known = values.get(name);
    if (known !== undefined) return known;
    const uid = /^\$uid(\d+):$/.exec(name);
    return uid ? `${uids}-${uid[1]}` : dateOf(name, now);
  };

  return {
    set(name, value) {
      values.set(name, value);
    },
    fill(text) {
      let filled = text.replaceAll('$uidrandom:', randomUUID());
      for (let depth = 0; depth < deepest; depth++) {
        const next = filled.replace(/\$[\w.+-]+:/g, name => find(name) ?? name);
        if (next === filled) break;
        filled = next;
      }
      return filled;
    },
    renewUids() {
      uids = randomUUID();
    },
  };
}

/** `$now:`, `$now.-3:` and `$now.week.1:` are dates, `$now.month.1:` a month, `$now.year.1:` a year, from today on, in UTC. */
function dateOf(name: string, now: Date): string | undefined {
  const match = /^\$now(?:\.(week|month|year))?(?:\.([+-]?\d+))?:$/.exec(name);
  if (!match) return undefined;
  const [, unit, written = '0'] = match;
  const by = Number(written);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (unit === 'year') return String(year + by);
  if (unit === 'month') return basic(new Date(Date.UTC(year, month + by, 1))).slice(0, 6);
  return basic(new Date(Date.UTC(year, month, day + by * (unit === 'week' ? 7 : 1))));
}

function basic(date: Date): string {
  return date.toISOString().slice(0, 10).replaceAll('-', '');
}
