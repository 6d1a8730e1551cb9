import {resolve} from 'node:path';
import {loadConfig} from '../../config/load.ts';
import {makeBackup} from '../backup/make-backup.ts';
import {type Contents, openBackup, printTime, readBackup} from '../backup/read-backup.ts';
import type {Command} from '../command.ts';

export const backup: Command = {
  name: 'backup <file>',
  summary: 'write the whole server into one file',
  options: [{flags: '--verify', description: 'write nothing: read the backup in the file and say whether it is whole'}],
  examples: [
    ['caldav backup /mnt/backup/calendars.tar.gz', 'calendars, accounts, configuration and keys, while the server runs or not'],
    ['caldav backup --verify /mnt/backup/calendars.tar.gz', 'reads it from end to end and compares its checksum'],
    ['tar --list -f /mnt/backup/calendars.tar.gz', 'it is a tar archive: tar --xattrs takes it out by hand'],
  ],
  async run([given], {verify}, io) {
    const file = resolve(given as string);
    const contents = verify
      ? await readWhole(file, io)
      : await makeBackup(file, loadConfig({file: io.configFile, folder: io.dir}), io);
    const {manifest, homes, objects, bytes, fileBytes, sha256} = contents;
    const done = verify ? `${file} is whole, made ${printTime(manifest.made)}` : `${file} is written and checked`;
    io.out.result(
      {file, made: manifest.made, homes, objects, bytes, fileBytes, sha256},
      `${done}: ${homes} ${homes === 1 ? 'home' : 'homes'}, ${objects} ${objects === 1 ? 'object' : 'objects'}, ${printSize(fileBytes)}.${
        verify ? '' : '\nIt holds passwords and keys: keep it where only you can read it.'
      }`,
    );
    return 0;
  },
};

async function readWhole(file: string, io: Parameters<Command['run']>[2]): Promise<Contents> {
  await using handle = await openBackup(file);
  return await readBackup(handle, file, io, 'reading');
}

function printSize(bytes: number): string {
  return bytes < 1 << 20 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
