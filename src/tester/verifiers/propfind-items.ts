import {isSuccess, type MultistatusResponse, responsesOf, xmlOf} from '../multistatus.ts';
import {comparable} from '../uri.ts';
import {type Args, type Checked, type Verifier, wrongStatus} from '../verifier.ts';
import {contentOf, writtenContent} from '../xml-compare.ts';

/**
 * Which properties each response has: `okprops` with a 2xx status (`{ns}name`, `{ns}name$value`, `{ns}name!value`; `{ns}name$` with
 * nothing behind it asks for no value, as Radicale's known counts show), `badprops` with another. `ignore` and `only` name hrefs; `count` is how many responses there are; `status` and `root-element` what the answer is.
 */
export const propfindItems: Verifier = {
  name: 'propfindItems',
  check(checked) {
    const {args} = checked;
    const responses = responsesToCheck(checked);
    if (typeof responses === 'string') return responses;
    const count = args.one('count');
    if (count !== undefined && responses.all !== Number(count)) return `there are ${responses.all} responses, not ${count}`;
    for (const response of responses.checked) {
      const wrong = wrongProperties(response, args);
      if (wrong) return `${response.hrefs[0]}: ${wrong}`;
    }
    return undefined;
  },
};

/** The responses that `ignore` and `only` leave, and how many there are in all; or what is wrong with the answer as a whole. */
export function responsesToCheck({
  answer,
  args,
}: Checked): {readonly all: number; readonly checked: readonly MultistatusResponse[]} | string {
  const wrong = wrongStatus(answer, args.has('status') ? args.all('status') : ['207']);
  if (wrong) return wrong;
  const root = xmlOf(answer);
  const name = args.one('root-element') ?? '{DAV:}multistatus';
  if (root?.name !== name) return `the body is ${root ? root.name : 'not XML'}, not ${name}`;
  const among = (argument: string, href: string) => args.all(argument).some(one => comparable(one) === comparable(href));
  const responses = responsesOf(root);
  const checked = responses.filter(({hrefs: [href = '']}) => (args.has('only') ? among('only', href) : !among('ignore', href)));
  return {all: responses.length, checked};
}

function wrongProperties({properties}: MultistatusResponse, args: Args): string | undefined {
  const good = properties.filter(({status}) => isSuccess(status)).map(({element}) => element);
  for (const written of args.all('okprops')) {
    const {name, sign, value} = splitProperty(written.trim());
    const found = good.find(element => element.name === name);
    if (!found) return `there is no ${name}${statusAmong(properties, name)}`;
    if (!sign || (sign === '$' && value === '')) continue;
    const same = contentOf(found) === writtenContent(value);
    if (sign === '$' && !same) return `${name} is ${contentOf(found)}, not ${writtenContent(value)}`;
    if (sign === '!' && same) return `${name} is ${contentOf(found)}`;
  }
  for (const written of args.all('badprops')) {
    const {name} = splitProperty(written.trim());
    if (!properties.some(({element, status}) => element.name === name && !isSuccess(status))) {
      return `${name} is not refused${good.some(element => element.name === name) ? ', it is there' : ', it is not mentioned'}`;
    }
  }
  return undefined;
}

function statusAmong(properties: MultistatusResponse['properties'], name: string): string {
  const found = properties.find(({element}) => element.name === name);
  return found ? ` (status ${found.status})` : '';
}

/** `{ns}name$value`: the name, the sign and what stands behind it. */
export function splitProperty(written: string): {name: string; sign: string | undefined; value: string} {
  const [, name = '', sign, value = ''] = /^(\{[^}]*\}[^$!]*)(?:([$!])(.*))?$/s.exec(written) ?? [undefined, written];
  return {name, sign, value};
}
