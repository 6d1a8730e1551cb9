import {isSuccess, responsesOf, xmlOf} from '../multistatus.ts';
import {comparable} from '../uri.ts';
import {type Args, type Verifier, wrongStatus} from '../verifier.ts';

/**
 * Which resources a multistatus tells of. `okhrefs` have a 2xx status (or propstats), `badhrefs` another, and there are no others unless
 * `ignoremissing`; `nohrefs` are absent; an argument that is a number lists those of that status. They are relative to `prefix`, or to
 * the request's URI; `-` is the collection itself, and as a prefix none. `count` of 2xx beside the collection's own, `totalcount` of all.
 */
export const multistatusItems: Verifier = {
  name: 'multistatusItems',
  check({answer, args, uri}) {
    const wrong = wrongStatus(answer, ['207']);
    if (wrong) return wrong;
    const root = xmlOf(answer);
    if (!root) return 'the body is not XML';
    const responses = responsesOf(root);
    const many = responses.find(({hrefs}) => hrefs.length !== 1);
    if (many) return `a response has ${many.hrefs.length} hrefs`;
    const items = responses.map(({hrefs: [href = ''], status}) => ({href: comparable(href), status: status ?? 200}));
    const good = items.filter(({status}) => isSuccess(status)).map(({href}) => href);
    return wrongCount(args, good.length) ?? wrongItems(args, uri, items, good);
  },
};

interface Item {
  readonly href: string;
  readonly status: number;
}

function wrongCount(args: Args, good: number): string | undefined {
  const count = args.one('count');
  const total = args.one('totalcount');
  if (count !== undefined && good !== sum(count) + 1) return `${good} responses succeeded, not ${sum(count) + 1}`;
  if (total !== undefined && good !== sum(total)) return `${good} responses succeeded, not ${sum(total)}`;
  return undefined;
}

/** `4+1`. */
function sum(written: string): number {
  return (written.match(/[+-]?\s*\d+/g) ?? []).reduce((total, part) => total + Number(part.replace(/\s/g, '')), 0);
}

function wrongItems(args: Args, uri: string, items: readonly Item[], good: readonly string[]): string | undefined {
  const all = new Set(items.map(({href}) => href));
  const hrefs = (name: string) => hrefsOf(args, name, uri, all);
  const statuses = args.names.filter(name => /^\d{3}$/.test(name));
  const listed = statuses.map(name => ({status: Number(name), hrefs: hrefs(name)}));
  const present = hrefs('nohrefs').find(href => items.some(item => item.href === href));
  if (present !== undefined) return `${present} is in the answer`;
  const only = ['count', 'totalcount', 'nohrefs', 'prefix'];
  if (args.names.length > 0 && args.names.every(name => only.includes(name))) return undefined;
  for (const {status, hrefs: wanted} of listed) {
    const own = items.filter(item => item.status === status).map(({href}) => href);
    const wrong = differ(wanted, own, `with status ${status}`, args.has('ignoremissing'));
    if (wrong) return wrong;
  }
  const bad = items.filter(({status}) => !isSuccess(status) && !statuses.includes(String(status))).map(({href}) => href);
  return (
    differ(hrefs('okhrefs'), good, 'with a status of success', args.has('ignoremissing')) ??
    differ(hrefs('badhrefs'), bad, 'with a status of failure', args.has('ignoremissing'))
  );
}

/** The hrefs of an argument, written in plain letters or, where they were grabbed, encoded; a value may be a list, `[-,a,b]`. */
function hrefsOf(args: Args, name: string, uri: string, all: ReadonlySet<string>): string[] {
  const prefix = args.one('prefix')?.trim() ?? decodeURIComponent(uri.replace(/\?.*$/, ''));
  return args
    .all(name)
    .map(value => value.trim())
    .flatMap(value => (/^\[.*\]$/s.test(value) ? value.slice(1, -1).split(',') : [value]))
    .map(value => (prefix === '-' ? '' : prefix) + (value.trim() === '-' ? '' : value.trim()))
    .map(value => (all.has(value.replace(/\/+$/, '')) ? value.replace(/\/+$/, '') : comparable(value)));
}

function differ(wanted: readonly string[], got: readonly string[], how: string, more: boolean): string | undefined {
  const missing = wanted.filter(href => !got.includes(href));
  const extra = more ? [] : got.filter(href => !wanted.includes(href));
  if (missing.length > 0) return `missing ${how}: ${missing.join(', ')}`;
  return extra.length > 0 ? `unexpected ${how}: ${extra.join(', ')}` : undefined;
}
