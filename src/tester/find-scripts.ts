import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join, relative, resolve} from 'node:path';
import {nearest} from '../base/nearest.ts';
import {UserError} from '../base/user-error.ts';
import {parseScript, type Script} from './script.ts';

export interface FoundScript {
  /** How it is asked for: its path in the folder, without the ending. */
  readonly name: string;
  /** Undefined: it is broken. */
  readonly script: Script | undefined;
  /** Why it cannot be read. */
  readonly broken: string;
}

/**
 * The scripts asked for: by a file's path, by the name of one in the folder (`errors`, `CardDAV/errors`), or by a folder's name; all
 * in the folder where none is asked for. One that is broken leaves the others be. Throws UserError for one that is not there.
 */
export function findScripts(folder: string, asked: readonly string[]): FoundScript[] {
  const all = scriptsIn(folder);
  if (asked.length === 0 && all.length === 0)
    throw new UserError(`There is no script in ${folder}.`, 'Name a folder with --scripts.');
  const files = asked.length === 0 ? all : asked.flatMap(name => require(name, folder, all));
  return [...new Set(files)].map(file => ({name: nameOf(file, folder), ...read(file)}));
}

function read(file: string): Omit<FoundScript, 'name'> {
  try {
    return {script: parseScript(readFileSync(file, 'utf8'), file), broken: ''};
  } catch (error) {
    if (error instanceof UserError) return {script: undefined, broken: error.message};
    throw error;
  }
}

function require(asked: string, folder: string, all: readonly string[]): string[] {
  const name = asked.replace(/\.xml$/, '').replace(/\/$/, '');
  const names = all.map(file => nameOf(file, folder));
  const found = [names.indexOf(name), names.findIndex(one => one.endsWith(`/${name}`))].find(at => at >= 0) ?? -1;
  if (found >= 0) return [all[found]!];
  const within = all.filter((_, at) => names[at]!.startsWith(`${name}/`) || names[at]!.includes(`/${name}/`));
  if (within.length > 0) return within;
  if (existsSync(asked)) return statSync(asked).isDirectory() ? scriptsIn(resolve(asked)) : [resolve(asked)];
  const near = nearest(name, names);
  throw new UserError(`There is no script ${asked} in ${folder}.`, near ? `Did you mean ${near}?` : '');
}

/** All scripts in a folder and those in it: XML files whose root is `caldavtest`. */
function scriptsIn(folder: string): string[] {
  if (!existsSync(folder)) throw new UserError(`There is no folder ${folder}.`, 'Name one that has scripts with --scripts.');
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter(file => file.endsWith('.xml') && !file.split('/').includes('Resource'))
    .map(file => join(folder, file))
    .filter(file => /<caldavtest[\s/>]/.test(readFileSync(file, 'utf8')))
    .sort();
}

function nameOf(file: string, folder: string): string {
  const within = relative(folder, file);
  return (within.startsWith('..') ? file : within).replace(/\.xml$/, '');
}
