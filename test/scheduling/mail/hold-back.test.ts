import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {holdBack} from '../../../src/scheduling/mail/hold-back.ts';
import {openMailFile} from '../../../src/scheduling/mail/mail-file.ts';
import {OutgoingQueue} from '../../../src/scheduling/mail/outgoing.ts';
import {temporaryFolder} from '../../support/temporary.ts';
import {invitation} from './office.ts';

const made = Date.UTC(2026, 10, 22);

describe('what is mailed, out of a backup', () => {
  test('is not sent by itself, waiting or yet to come out of an Outbox; what is made since is', async () => {
    const file = join(await temporaryFolder(), 'mail.sqlite');
    {
      using database = openMailFile(file);
      new OutgoingQueue(database).take(invitation('waits'), 'ANN', made - 1000);
    }
    holdBack(file, made);
    using database = openMailFile(file);
    const queue = new OutgoingQueue(database);
    queue.take(invitation('waits'), 'ANN', made + 1000);
    queue.take(invitation('in the Outbox'), 'ANN', made + 1000);
    expect(queue.due(made + 2000)).toBeUndefined();
    expect(queue.list(false).map(({uid, state}) => [uid, state])).toEqual([
      ['waits', 'dropped'],
      ['in the Outbox', 'dropped'],
    ]);
    const {calendar, ...rest} = invitation('new');
    const [event] = calendar.component.getAllSubcomponents('vevent');
    event!.updatePropertyWithValue('dtstamp', '2026-11-22T00:00:01Z');
    queue.take({...rest, calendar}, 'ANN', made + 1000);
    expect(queue.due(made + 2000)?.uid).toBe('new');
  });

  test('is sent, or never, when a person says so', async () => {
    const file = join(await temporaryFolder(), 'mail.sqlite');
    {
      using database = openMailFile(file);
      const queue = new OutgoingQueue(database);
      for (const uid of ['a', 'b']) queue.take(invitation(uid), 'ANN', made - 1000);
    }
    holdBack(file, made);
    using database = openMailFile(file);
    const queue = new OutgoingQueue(database);
    const [a, b] = queue.list(false);
    expect(queue.retry(a!.id, made + 1)).toBe(true);
    expect(queue.due(made + 2)?.uid).toBe('a');
    expect(queue.drop(b!.id, made + 1)).toBe(true);
    expect(queue.list(false).map(({uid}) => uid)).toEqual(['a']);
    expect(queue.retry(b!.id, made + 2)).toBe(false);
  });
});
