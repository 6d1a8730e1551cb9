import type {Extension, Protocol} from './tables.ts';

/** Joins extensions; a later method of the same name stands in for an earlier one (caldav's PUT for WebDAV's). */
export function join(extensions: readonly Extension[]): Protocol {
  return {
    tokens: [...new Set(extensions.flatMap(extension => extension.tokens))],
    kinds: extensions.flatMap(extension => extension.kinds),
    methods: new Map(extensions.flatMap(extension => extension.methods.map(method => [method.name, method]))),
    reports: new Map(extensions.flatMap(extension => extension.reports.map(report => [report.name, report]))),
    properties: extensions.flatMap(extension => extension.properties),
    privileges: extensions.flatMap(extension => extension.privileges ?? []),
    conditions: extensions.flatMap(extension => extension.conditions ?? []),
  };
}
