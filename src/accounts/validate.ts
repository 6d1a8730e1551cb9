import {nearest} from '../base/nearest.ts';
import type {AccountsElement} from './document.ts';
import type {AccountsFinding} from './finding.ts';
import {findElement, vocabulary} from './vocabulary.ts';

/** Where a document departs from the vocabulary, as a validating parser would say it, in the order of the file. */
export function validateAccounts(root: AccountsElement): AccountsFinding[] {
  if (root.name !== 'accounts') {
    const fix =
      root.name === 'directory'
        ? 'This is the form of CalendarServer 3 and later; write the records as <user>, <group>, <location> and <resource>.'
        : 'Its first element must be <accounts realm="…">.';
    return [{level: 'error', line: root.line, message: `the file begins with <${root.name}>`, fix}];
  }
  return [...inElement(root)];
}

function* inElement(element: AccountsElement): Generator<AccountsFinding> {
  const row = findElement(element.name)!;
  yield* inAttributes(element);
  const allowed = row.children ?? [];
  const seen = new Set<string>();
  for (const child of element.children) {
    const at = {level: 'warning', line: child.line} as const;
    if (!allowed.includes(child.name)) {
      yield {...at, message: `<${element.name}> cannot hold <${child.name}>; it is ignored`, fix: suggest(child.name, allowed)};
      continue;
    }
    if (findElement(child.name)!.once && seen.has(child.name)) {
      yield {...at, message: `<${element.name}> has <${child.name}> twice; the first counts`, fix: 'Remove one of them.'};
    }
    seen.add(child.name);
    yield* inElement(child);
  }
  const text = element.text.trim();
  const problem = text === '' ? undefined : row.problem?.(text);
  if (problem) {
    yield {
      level: 'warning',
      line: element.line,
      message: `“${text.slice(0, 40)}” ${problem}; it is ignored`,
      fix: `<${row.name}> is ${row.does}.`,
    };
  }
  if (row.values && !row.values.includes(text)) {
    const near = nearest(text, row.values);
    const fix = near ? `Write ${near}.` : `It may be ${row.values.join(', ')}.`;
    yield {level: 'error', line: element.line, message: `<${row.name}> cannot be “${text.slice(0, 40)}”`, fix};
  }
  if (!row.text && text) {
    const message = `<${element.name}> holds the text “${text.slice(0, 40)}”, which is ignored`;
    yield {level: 'warning', line: element.line, message, fix: 'Remove the text, or put it into the element it is meant for.'};
  }
}

function* inAttributes(element: AccountsElement): Generator<AccountsFinding> {
  const allowed = findElement(element.name)!.attributes ?? {};
  const at = {level: 'warning', line: element.line} as const;
  for (const [name, value] of Object.entries(element.attributes)) {
    const values = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (!values) {
      const near = nearest(name, Object.keys(allowed));
      const fix = near ? `Write ${near}= instead.` : 'Remove it.';
      yield {...at, message: `<${element.name}> has no attribute ${name}=; it is ignored`, fix};
    } else if (values.length > 0 && !values.includes(value)) {
      const near = nearest(value, values);
      const fix = near ? `Write ${name}="${near}".` : `It may be ${values.join(', ')}.`;
      yield {...at, message: `${name}="${value}" of <${element.name}> is not known`, fix};
    }
  }
}

function suggest(name: string, allowed: readonly string[]): string {
  const near = nearest(name, allowed);
  if (near) return `Write <${near}> instead.`;
  const parents = vocabulary.filter(row => row.children?.includes(name)).map(row => `<${row.name}>`);
  if (parents.length > 0) return `It belongs into ${parents.join(' or ')}.`;
  return allowed.length > 0 ? `It may hold ${allowed.map(child => `<${child}>`).join(', ')}.` : 'Remove it.';
}
