import {readFile} from 'node:fs/promises';

/** Beside src/ in a checkout, beside dist/ in an installed copy. */
const templates = new URL('../../templates/', import.meta.url);

/** A file of templates/ as it is. */
export function readTemplate(name: string): Promise<string> {
  return readFile(new URL(name, templates), 'utf8');
}

/** Fills the holes `{{name}}` of a text; a value of several lines is indented as its hole is. Throws for a hole without a value. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/^([ \t]*)(.*?)\{\{([\w.-]+)\}\}|\{\{([\w.-]+)\}\}/gm, (_, indent = '', before = '', first, other) => {
    const value = values[first ?? other];
    if (value === undefined) throw new Error(`the template has a hole ${first ?? other} that nothing fills`);
    return indent + before + value.replaceAll('\n', `\n${indent}`);
  });
}
