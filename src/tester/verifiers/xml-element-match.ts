import {xmlOf} from '../multistatus.ts';
import type {Verifier} from '../verifier.ts';
import {findElements} from '../xml-path.ts';

/** An element is at each path of `exists`, at none of `notexists`; with `parent`, within an element at that path. */
export const xmlElementMatch: Verifier = {
  name: 'xmlElementMatch',
  check({answer, args}) {
    const root = xmlOf(answer);
    if (!root) return `the body is not XML (status ${answer.status})`;
    const parent = args.one('parent')?.trim();
    const within = parent ? findElements(root, parent) : [root];
    if (within.length === 0) return `there is no ${parent}`;
    const found = (path: string) => within.some(element => findElements(element, path.trim()).length > 0);
    const missing = args.all('exists').find(path => !found(path));
    if (missing !== undefined) return `there is no ${missing.trim()}`;
    const present = args.all('notexists').find(found);
    return present === undefined ? undefined : `there is ${present.trim()}`;
  },
};
