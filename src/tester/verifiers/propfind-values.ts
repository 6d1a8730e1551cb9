import {elements, text} from '../../xml/element.ts';
import type {Name} from '../../xml/names.ts';
import {printAlone} from '../../xml/print.ts';
import {findProperty} from '../multistatus.ts';
import type {Verifier} from '../verifier.ts';
import {responsesToCheck, splitProperty} from './propfind-items.ts';

/** `props`: the value of a property (its XML where it has elements) matches `{ns}name$regex` from its start, or does not, `!`. */
export const propfindValues: Verifier = {
  name: 'propfindValues',
  check(checked) {
    const responses = responsesToCheck(checked);
    if (typeof responses === 'string') return responses;
    for (const response of responses.checked) {
      for (const written of checked.args.all('props')) {
        const {name, sign, value} = splitProperty(written.trim());
        const found = findProperty(response, name as Name);
        if (!found) return `${response.hrefs[0]}: there is no ${name}`;
        const content = elements(found).length > 0 ? elements(found).map(printAlone).join('') : text(found).trim();
        const matches = new RegExp(`^(?:${value})`, 's').test(content);
        if (matches !== (sign !== '!')) return `${response.hrefs[0]}: ${name} is ${content}`;
      }
    }
    return undefined;
  },
};
