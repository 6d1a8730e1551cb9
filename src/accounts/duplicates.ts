import type {AccountsFinding} from './finding.ts';
import type {AccountRecord} from './records.ts';

/** Names and GUIDs that two records have: nobody could say whose the home is. */
export function* duplicates(records: readonly AccountRecord[]): Generator<AccountsFinding> {
  const names = new Map<string, AccountRecord>();
  const guids = new Map<string, AccountRecord>();
  for (const record of records) {
    for (const uid of record.uids) {
      const other = names.get(`${record.type}/${uid}`);
      if (other) yield twice(record, other, `the <uid> “${uid}”`, 'Give one of them another short name.');
      else names.set(`${record.type}/${uid}`, record);
    }
    const other = guids.get(record.guid.toLowerCase());
    if (other)
      yield twice(record, other, `the <guid> “${record.guid}”`, 'Give the newer one a GUID of its own, or remove the element.');
    else guids.set(record.guid.toLowerCase(), record);
  }
}

function twice({line, repetition}: AccountRecord, other: AccountRecord, what: string, fix: string): AccountsFinding {
  if (line === other.line && repetition !== other.repetition) {
    return {
      level: 'error',
      line,
      message: `the repeated record has ${what} more than once`,
      fix: 'Put a format such as %02d into it.',
    };
  }
  return {level: 'error', line, message: `${what} is already that of the record in line ${other.line}`, fix};
}
