import {createHash} from 'node:crypto';
import {createRequire} from 'node:module';

/** A time zone of IANA's database. Milliseconds. */
export interface Timezone {
  readonly id: string;
  /** How far its clocks were ahead of UTC before the first change. */
  readonly first: number;
  readonly name: string;
  /** In order of time. They go on to 2499 where they never end, and repeat every 400 years, as the calendar does. */
  readonly changes: readonly Change[];
}

/** A moment at which clocks are set, or what they show gets another name. */
export interface Change {
  readonly at: number;
  /** How far they are ahead of UTC before and after. */
  readonly from: number;
  readonly to: number;
  /** The abbreviation afterwards: `CEST`. */
  readonly name: string;
  readonly daylight: boolean;
}

/** moment-timezone's form of the database: texts, each unpacked when first asked for. */
interface Packed {
  readonly version: string;
  /** `Europe/Berlin|LMT CET CEST|-R.s -10 -20|0121…|-36D0R.s 1…|41e5`, numbers to base 60. */
  readonly zones: readonly string[];
  /** `Europe/London|GB` */
  readonly links: readonly string[];
  /** `AD|Europe/Andorra` */
  readonly countries: readonly string[];
}

const require = createRequire(import.meta.url);

/** Where the data are kept. */
export const tzdataFile: string = require.resolve('moment-timezone/data/packed/latest.json');

const packed = require(tzdataFile) as Packed;

/** The edition of IANA's database: `2026f`. */
export const tzdataVersion: string = packed.version;

/** Names of the places that countries have zones for today: of several names of one zone, the current one. */
const current = new Set(packed.countries.flatMap(country => country.split('|')[1]!.split(' ')));
const linked = Map.groupBy(packed.links, link => link.split('|')[0]!);

/** Each zone's names, the one first by which it is known. */
const groups: readonly {readonly names: readonly [string, ...string[]]; readonly text: string}[] = packed.zones.map(text => {
  const id = text.slice(0, text.indexOf('|'));
  const names = [id, ...(linked.get(id) ?? []).map(link => link.split('|')[1]!)];
  const first = names.find(name => current.has(name)) ?? names.find(name => name === 'Etc/GMT') ?? id;
  return {names: [first, ...names.filter(name => name !== first)], text};
});

const texts = new Map(groups.map(({names: [id], text}) => [id, text]));
const targets = new Map(groups.flatMap(({names: [id, ...others]}) => others.map(other => [other, id] as const)));
/** The spelling of each name, by its lower case. */
const spellings = new Map([...texts.keys(), ...targets.keys()].map(name => [name.toLowerCase(), name]));
const aliases = new Map(groups.map(({names: [id, ...others]}) => [id, others]));
const unpacked = new Map<string, Timezone>();

/** The identifiers, without aliases, in alphabetical order. */
export const timezoneIds: readonly string[] = [...texts.keys()].sort();

/** The other names of a zone. */
export function aliasesOf(id: string): readonly string[] {
  return aliases.get(id) ?? [];
}

/** The database's spelling of an identifier or alias, in whatever case it comes; undefined: it has none. */
export function spellingOf(name: string): string | undefined {
  return spellings.get(name.toLowerCase());
}

/** The zone of an identifier or alias, in whatever case it comes; undefined: there is none. */
export function timezone(name: string): Timezone | undefined {
  const spelling = spellingOf(name);
  if (spelling === undefined) return undefined;
  const id = targets.get(spelling) ?? spelling;
  let zone = unpacked.get(id);
  if (!zone) {
    zone = {...unpack(texts.get(id)!), id};
    unpacked.set(id, zone);
  }
  return zone;
}

let cities: ReadonlyMap<string, string> | undefined;

/** The identifier or alias that ends with a city's name: `New York`. */
export function timezoneOfCity(city: string): string | undefined {
  cities ??= new Map(
    [...spellings.values()].map(name => [
      name
        .slice(name.lastIndexOf('/') + 1)
        .replaceAll('_', ' ')
        .toLowerCase(),
      name,
    ]),
  );
  return cities.get(city.toLowerCase());
}

/** Changes whenever a zone's data do. */
export function timezoneDigest(id: string): string {
  return createHash('sha256').update(texts.get(id)!).digest('base64url').slice(0, 12);
}

function unpack(text: string): Omit<Timezone, 'id'> {
  const [, names, offsets, sequence, differences] = text.split('|') as [string, string, string, string, string];
  const abbreviations = names.split(' ');
  const ahead = offsets.split(' ').map(offset => Math.round(-parseBase60(offset) * 60) * 1000);
  const kinds = Array.from(sequence, digit => parseBase60(digit));
  let at = 0;
  const changes = (differences ? differences.split(' ') : []).map((difference, index) => {
    at = Math.round((at / 60_000 + parseBase60(difference)) * 60) * 1000;
    const [before, after] = [kinds[index]!, kinds[index + 1]!];
    return {at, from: ahead[before]!, to: ahead[after]!, name: abbreviations[after]!};
  });
  return {first: ahead[kinds[0]!]!, name: abbreviations[kinds[0]!]!, changes: withDaylight(changes)};
}

/** Digits are 0-9, a-z, A-X. */
function parseBase60(text: string): number {
  const [, sign, whole, fraction] = /^(-?)([^.]*)\.?(.*)$/.exec(text)!;
  let number = 0;
  for (const digit of whole!) number = number * 60 + digitOf(digit);
  let weight = 1;
  for (const digit of fraction!) {
    weight /= 60;
    number += digitOf(digit) * weight;
  }
  return sign ? -number : number;
}

function digitOf(character: string): number {
  const code = character.charCodeAt(0);
  return code > 96 ? code - 87 : code > 64 ? code - 29 : code - 48;
}

const year = 366 * 86_400_000;

/** The package does not say what is summer time: it is ahead of what comes before and after, for less than a year; or has such a name. */
function withDaylight(changes: readonly Omit<Change, 'daylight'>[]): Change[] {
  let before: Omit<Change, 'daylight'> | undefined;
  return changes.map((change, index) => {
    if (change.from !== change.to) before = change;
    const next = changes.slice(index + 1, index + 4).find(({from, to}) => from !== to);
    const ahead = before !== undefined && before.to > before.from && next !== undefined && next.to < next.from;
    return {...change, daylight: /[A-Z][DWP]T$/.test(change.name) || (ahead && next!.at - before!.at < year)};
  });
}
