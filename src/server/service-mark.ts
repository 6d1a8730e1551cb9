import {createHash} from 'node:crypto';
import {homedir} from 'node:os';
import {join} from 'node:path';

/** What a service's file says of itself, in a comment of one line, so that it can be told from a person's own. */
export interface ServiceMark {
  /** The server's folder, its plist, and the two files that are started. */
  readonly folder: string;
  readonly config: string;
  readonly node: string;
  readonly script: string;
}

const pattern = /caldav-service (\{.*\})/;

/** Puts the mark in the place of `hole`; it holds a digest of all the rest, by which a change made by hand shows. */
export function sign(text: string, hole: string, mark: ServiceMark): string {
  // No `--`, which may not stand in a comment of XML.
  const json = JSON.stringify({...mark, sha256: digest(text.replace(hole, ''))}).replaceAll('--', '-\\u002d');
  return text.replace(hole, () => `caldav-service ${json}`);
}

/** The mark of a service's file, and whether anybody has changed the file since; undefined: it is a person's own. */
export function readMark(text: string): (ServiceMark & {readonly edited: boolean}) | undefined {
  const [whole, json] = pattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  try {
    const {folder, config, node, script, sha256} = JSON.parse(json!) as Record<string, unknown>;
    if (![folder, config, node, script].every(value => typeof value === 'string')) return undefined;
    const mark = {folder, config, node, script} as ServiceMark;
    return {...mark, edited: sha256 !== digest(text.replace(whole, () => ''))};
  } catch {
    return undefined;
  }
}

/** Where services lie that caldav may have installed, on either system: the whole machine's, then this account's. */
export function serviceFolders(
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): {all: string; own: string} {
  if (platform === 'darwin') return {all: '/Library/LaunchDaemons', own: join(home, 'Library/LaunchAgents')};
  const config = process.env.XDG_CONFIG_HOME;
  return {all: '/etc/systemd/system', own: join(config?.startsWith('/') ? config : join(home, '.config'), 'systemd/user')};
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
