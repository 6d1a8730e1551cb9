import type {Action} from '../action.ts';
import {only} from '../parameters.ts';
import {Problem} from '../problem.ts';
import {allMetadata, listing} from './list.ts';

/** RFC 7808 §5.5: the zones that have a name like this. */
export const find: Action = {
  name: 'find',
  template: '/zones{?pattern}',
  parameters: [{name: 'pattern', required: true}],
  answer({parameters}) {
    const matches = parsePattern(only(parameters, 'pattern') ?? '');
    return listing(allMetadata().filter(({tzid, aliases}) => [tzid, ...aliases].some(matches)));
  },
};

/** Throws Problem invalid-pattern. */
function parsePattern(pattern: string): (name: string) => boolean {
  const match = /^(\*?)((?:[^*\\]|\\[*\\])*)(\*?)$/.exec(pattern);
  if (!match || pattern === '') throw new Problem('invalid-pattern');
  const wanted = comparable(match[2]!.replace(/\\(.)/g, '$1'));
  const [openStart, openEnd] = [match[1] !== '', match[3] !== ''];
  return name => {
    const given = comparable(name);
    if (openStart && openEnd) return given.includes(wanted);
    if (openStart) return given.endsWith(wanted);
    return openEnd ? given.startsWith(wanted) : given === wanted;
  };
}

/** In lower case as far as ASCII goes, and with spaces for underscores. */
function comparable(name: string): string {
  return name.replaceAll('_', ' ').replace(/[A-Z]/g, letter => letter.toLowerCase());
}
