import {basename} from 'node:path';
import {readTemplate} from '../../base/template.ts';
import {put} from '../put.ts';
import type {Step} from '../step.ts';

/** Files for people to read: the DTD of accounts.xml, and the configurations with every key. */
export const references: Step = {
  name: 'references',
  title: ({references}) => `write ${references.map(({path}) => basename(path)).join(', ')} for reference`,
  done: ({references}) => references.every(({action}) => action === 'keep'),
  async run({references}, work) {
    for (const file of references) await put(file, await readTemplate(basename(file.path)), work);
  },
};
