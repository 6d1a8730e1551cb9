import {child, type Element, elements, text} from '../xml/element.ts';
import {dav, type Name} from '../xml/names.ts';
import {parseXml, XmlError} from '../xml/parse.ts';
import type {Answer} from './client.ts';

/** One DAV:response (RFC 4918 §14.24). */
export interface MultistatusResponse {
  readonly hrefs: readonly string[];
  /** The response's own status; undefined where it has propstats. */
  readonly status: number | undefined;
  readonly properties: readonly StatedProperty[];
}

/** A property and the status of the propstat it stands in. */
export interface StatedProperty {
  readonly element: Element;
  readonly status: number;
}

/** The root of an XML body; undefined where it is none. */
export function xmlOf({body}: Answer): Element | undefined {
  try {
    return parseXml(body);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

/** The responses of a multistatus, or of another root that has such children. */
export function responsesOf(root: Element): MultistatusResponse[] {
  return elements(root, dav('response')).map(response => {
    const status = child(response, dav('status'));
    return {
      hrefs: elements(response, dav('href')).map(href => text(href).trim()),
      status: status && statusOf(text(status)),
      properties: elements(response, dav('propstat')).flatMap(propstat => {
        const own = child(propstat, dav('status'));
        const prop = child(propstat, dav('prop'));
        return prop ? elements(prop).map(element => ({element, status: own ? statusOf(text(own)) : 0})) : [];
      }),
    };
  });
}

/** The first property of that name with a 2xx status. */
export function findProperty({properties}: MultistatusResponse, name: Name): Element | undefined {
  return properties.find(({element, status}) => element.name === name && isSuccess(status))?.element;
}

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function statusOf(line: string): number {
  return Number(/^\s*HTTP\/\S+\s+(\d{3})/.exec(line)?.[1] ?? 0);
}
