import {statSync} from 'node:fs';
import {aliasesOf, timezoneDigest, timezoneIds, tzdataFile, tzdataVersion} from '../../ical/tzdata.ts';
import {type Action, json} from '../action.ts';
import {printUtc} from '../parameters.ts';
import {Problem} from '../problem.ts';

/** What is known of a zone beside its data (RFC 7808 §6.2). */
export interface Metadata {
  readonly tzid: string;
  readonly etag: string;
  readonly 'last-modified': string;
  readonly publisher: string;
  readonly version: string;
  readonly aliases: readonly string[];
}

/**
 * RFC 7808 §5.2: all zones, or none where nothing has changed since. One edition brings them all, so the token is the edition's name;
 * of what has changed since an earlier one nothing is known, and all are told.
 */
export const list: Action = {
  name: 'list',
  template: '/zones{?changedsince}',
  parameters: [{name: 'changedsince', required: false}],
  answer({parameters}) {
    const since = parameters.getAll('changedsince');
    if (since.length > 1) throw new Problem('invalid-changedsince');
    return listing(since[0] === tzdataVersion ? [] : allMetadata());
  },
};

export function listing(timezones: readonly Metadata[]): ReturnType<typeof json> {
  return json({synctoken: tzdataVersion, timezones});
}

let known: readonly Metadata[] | undefined;

export function allMetadata(): readonly Metadata[] {
  if (!known) {
    // IANA's day of publication is not in the package: the data became these, here, when they were installed.
    const installed = printUtc(statSync(tzdataFile).ctimeMs);
    known = timezoneIds.map(tzid => ({
      tzid,
      etag: timezoneDigest(tzid),
      'last-modified': installed,
      publisher: 'IANA',
      version: tzdataVersion,
      aliases: aliasesOf(tzid),
    }));
  }
  return known;
}
