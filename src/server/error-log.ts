import pino from 'pino';
import type {Log} from '../base/log.ts';

/** A log whose lines, JSON each, go to `write`. */
export function createLog(level: 'debug' | 'info' | 'warn' | 'error', write: (line: string) => void): Log {
  return pino(
    {
      level,
      base: {pid: process.pid},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {level: label => ({level: label})},
      serializers: {err: pino.stdSerializers.err, error: pino.stdSerializers.err},
    },
    {write},
  );
}

/** A line of the error log for a terminal; undefined where it is of no matter to a person who watches. */
export function forTerminal(line: string): string | undefined {
  const {level, msg, time: _time, pid: _pid, err, ...details} = JSON.parse(line);
  if (level !== 'warn' && level !== 'error') return undefined;
  const more = Object.entries(details).map(
    ([key, value]) => `${key}: ${visible(typeof value === 'string' ? value : JSON.stringify(value))}`,
  );
  if (err)
    more.push(
      String(err.stack ?? err.message)
        .split('\n')
        .map(visible)
        .join('\n'),
    );
  return `caldav: ${visible(msg)}${more.length > 0 ? ` (${more.join(', ')})` : ''}\n`;
}

/** What a client wrote (a name to log in with) moves no cursor and begins no line. */
function visible(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, sign => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
