import type {ObjectIndex} from '../ical/object-index.ts';
import {indexFile} from '../server/indexer.ts';
import {homesIn} from '../store/file/homes-in.ts';
import {type HomeReport, inspectHome} from '../store/file/inspect.ts';
import {findLeftovers} from '../store/file/leftovers.ts';

/** What was found in all homes together. Lists hold at most `mostListed` of what `counts` counts. */
export interface HomesReport {
  readonly counts: Readonly<Record<HomesFault | 'homes' | 'collections' | 'objects' | 'bytes' | 'pending', number>>;
  readonly found: Readonly<Record<HomesFault, readonly string[]>>;
}

/** What can be wrong with homes; for each a list of files, with what is wrong. */
export type HomesFault = 'damaged' | 'doubled' | 'differing' | 'badIndex' | 'leftover';

export const mostListed = 20;

/** Compares the files of every home below a DocumentRoot with its index, and reads every object. Leaves no trace. */
export async function inspectHomes(root: string): Promise<HomesReport> {
  const counts = {
    homes: 0,
    collections: 0,
    objects: 0,
    bytes: 0,
    pending: 0,
    damaged: 0,
    doubled: 0,
    differing: 0,
    badIndex: 0,
    leftover: 0,
  };
  const found: Record<HomesFault, string[]> = {damaged: [], doubled: [], differing: [], badIndex: [], leftover: []};
  const say = (fault: HomesFault, sentence: string) => {
    if (counts[fault]++ < mostListed) found[fault].push(sentence);
  };
  for await (const {folder} of homesIn(root)) {
    const uids = watchUids(sentence => say('doubled', `${folder}: ${sentence}`));
    const home: HomeReport = await inspectHome(folder, {index: uids});
    counts.homes++;
    for (const name of ['collections', 'objects', 'bytes', 'pending'] as const) counts[name] += home[name];
    for (const {file, reason} of home.damaged) say('damaged', `${file}: ${reason}`);
    for (const {file, difference} of home.differences) say('differing', `${file} is ${difference}`);
    if (home.index === 'damaged' || home.index === 'foreign') say('badIndex', `${folder} (${home.index})`);
  }
  const {halfMade, withoutOwner} = await findLeftovers(root);
  for (const {path} of [...halfMade, ...withoutOwner]) say('leftover', path);
  return {counts, found};
}

/** Indexes as the server does, and tells of a UID that comes twice in one collection: each has a list of types of its own. */
function watchUids(doubled: (sentence: string) => void): typeof indexFile {
  const collections = new WeakMap<readonly string[], Map<string, string>>();
  return (name, bytes, types): ObjectIndex | undefined => {
    const index = indexFile(name, bytes, types);
    if (!index) return undefined;
    const known = collections.get(types) ?? new Map<string, string>();
    collections.set(types, known);
    const other = known.get(index.uid);
    if (other !== undefined) doubled(`${other} and ${name} have one UID, ${index.uid}`);
    else known.set(index.uid, name);
    return index;
  };
}
