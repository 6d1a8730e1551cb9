import {chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {UserError} from '../../src/base/user-error.ts';
import {askControl, type ControlHandlers, openControl} from '../../src/server/control.ts';
import {temporaryFolder} from '../support/temporary.ts';

async function open(handlers: Partial<ControlHandlers>, folder = '') {
  const path = join(await temporaryFolder(), folder, 'caldavd.sock');
  mkdirSync(join(path, '..'), {recursive: true});
  const control = await openControl(path, {status: () => 'fine', reload: () => undefined, stop: () => undefined, ...handlers});
  onTestFinished(() => control.close());
  return path;
}

describe('the control socket', () => {
  test('answers its owner, and only its owner', async () => {
    const path = await open({status: async () => ({state: 'ready'})});
    expect(await askControl(path, 'status')).toEqual({state: 'ready'});
    expect(await askControl(path, 'stop')).toBe(null);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.runIf(process.geteuid?.() === 0)(
    'that root makes for an account gives that account nothing else laid in its place',
    async () => {
      const folder = await temporaryFolder();
      const [path, precious] = [join(folder, 'caldavd.sock'), join(folder, 'precious')];
      writeFileSync(precious, '');
      chmodSync(precious, 0o644);
      const {umask} = process;
      // The moment between the making of the socket and its giving away.
      vi.spyOn(process, 'umask').mockImplementation(mask => {
        if (statSync(path, {throwIfNoEntry: false})) {
          rmSync(path);
          symlinkSync(precious, path);
        }
        return umask.call(process, mask!);
      });
      onTestFinished(() => void vi.restoreAllMocks());
      const control = await openControl(
        path,
        {status: () => 1, reload: () => 1, stop: () => 1},
        {name: 'daemon', uid: 1, gid: 1},
      );
      control.close();
      expect([statSync(precious).uid, statSync(precious).mode & 0o777]).toEqual([0, 0o644]);
    },
  );

  test('says no in a sentence', async () => {
    const path = await open({
      reload: () => {
        throw new UserError('It is broken.', 'Mend it.');
      },
    });
    await expect(askControl(path, 'reload')).rejects.toMatchObject({message: 'It is broken.', fix: 'Mend it.'});
  });

  test('takes several questions on one connection, in pieces, and survives rubbish', async () => {
    const path = await open({});
    const socket = connect(path);
    let answers = '';
    socket.setEncoding('utf8').on('data', text => {
      answers += text;
    });
    for (const piece of ['{"comm', 'and": "status"}\n{"command": "toString"}\n', 'rubbish\n', '{"command": "stop"}\n'])
      socket.write(piece);
    await expect.poll(() => answers.split('\n').length).toBe(5);
    expect(answers.split('\n')[0]).toBe('{"value":"fine"}');
    expect(answers).toContain('There is no control command \\"toString\\".');
    socket.destroy();
  });

  test('lies in a folder of any depth', async () => {
    const cwd = process.cwd();
    const path = await open({}, 'deep/'.repeat(40));
    expect(await askControl(path, 'status')).toBe('fine');
    expect(process.cwd()).toBe(cwd);
  });

  test('takes the place of one that a dead server left; where nobody answers, there is no answer', async () => {
    const path = join(await temporaryFolder(), 'caldavd.sock');
    expect(await askControl(path, 'status')).toBe(undefined);
    writeFileSync(path, '');
    expect(await askControl(path, 'status')).toBe(undefined);
    const control = await openControl(path, {status: () => 1, reload: () => 1, stop: () => 1});
    expect(await askControl(path, 'status')).toBe(1);
    control.close();
  });
});
