import {mkdirSync, statSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
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
