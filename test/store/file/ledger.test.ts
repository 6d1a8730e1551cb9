import {DatabaseSync} from 'node:sqlite';
import {describe, expect, onTestFinished, test} from 'vitest';
import {Ledger} from '../../../src/store/file/ledger.ts';
import {newResourceId} from '../../../src/store/file/resource-id.ts';
import {layOut} from '../../../src/store/file/schema.ts';

const none = () => ({resourceId: newResourceId(0), created: 0, properties: new Map()});
const version = {etag: 'e', size: 1, index: undefined, file: null, modified: 0};

function openLedger({folds = false} = {}): Ledger {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  layOut(database);
  const ledger = new Ledger(database, folds);
  ledger.begin();
  ledger.putCollection('', none(), []);
  ledger.putCollection('work', none(), []);
  ledger.raise();
  return ledger;
}

describe('tombstones', () => {
  test('too old ones are dropped, and tokens from before them refused; later ones stay good', () => {
    const ledger = openLedger();
    const first = ledger.look.row('work')!.revision;
    for (const name of ['a', 'b', 'c']) ledger.putObject(`work/${name}`, none(), version);
    ledger.raise();
    const full = ledger.look.row('work')!.revision;
    ledger.remove('work/a');
    ledger.raise();
    const between = ledger.look.row('work')!.revision;
    ledger.remove('work/b');
    ledger.raise();
    ledger.prune(between);
    const paths = (since: number) => ledger.look.changes('work', since, '1')?.changes.map(({path}) => path);
    expect([paths(first), paths(full)]).toEqual([undefined, undefined]);
    expect(paths(between)).toEqual(['work/b']);
    expect(ledger.look.changes('', full, 'infinity')).toBeUndefined();
  });

  test('a client that starts with pages comes through though its first tokens would be older than what is kept', () => {
    const ledger = openLedger();
    for (const name of ['a', 'b', 'c', 'd']) ledger.putObject(`work/${name}`, none(), version);
    ledger.remove('work/d');
    ledger.raise();
    ledger.putObject('work/e', none(), version);
    ledger.putObject('work/f', none(), version);
    ledger.raise();
    ledger.prune(ledger.look.row('work/e')!.revision);
    const seen: string[] = [];
    let token: number | undefined;
    for (let truncated = true; truncated; ) {
      const page = ledger.look.changes('work', token, '1', 1)!;
      seen.push(...page.changes.map(({path}) => path));
      ({revision: token, truncated} = page);
    }
    expect(seen).toEqual(['work/a', 'work/b', 'work/c', 'work/e', 'work/f']);
  });
});

describe('revisions', () => {
  test('rise though the clock stands still or goes back, and no two resources share one', () => {
    const ledger = openLedger();
    for (let at = 0; at < 50; at++) {
      ledger.putObject(`work/${at}`, none(), version);
      ledger.raise();
    }
    const all = ledger.look.changes('', undefined, 'infinity')!;
    const revisions = all.changes.map(({revision}) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
    ledger.run('UPDATE meta SET revision = ?', (Date.now() + 86_400_000) * 1024);
    ledger.begin();
    ledger.putObject('work/late', none(), version);
    expect(ledger.look.row('work/late')!.revision).toBe(ledger.look.meta().revision + 1);
  });
});

describe('a disk that folds names', () => {
  test('refuses a name that it could not keep apart from another, rather than lose one', () => {
    const ledger = openLedger({folds: true});
    ledger.putObject('work/Zoë.ics', none(), version);
    expect(() => ledger.putObject('work/zoe\u0308.ics', none(), version)).toThrow(/cannot keep .* apart/);
    ledger.putObject('work/Zoë.ics', none(), version);
    ledger.remove('work/Zoë.ics');
    ledger.putObject('work/zoë.ics', none(), version);
    expect(ledger.row('work')!.count).toBe(1);
    ledger.raise();
    expect(ledger.look.row('work')!.count).toBe(1);
  });
});
