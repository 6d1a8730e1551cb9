import type {HttpRequest} from '../http/message.ts';
import type {Element} from '../xml/element.ts';
import {ExternalEntity, parseXml, parseXmlInSlices, XmlError} from '../xml/parse.ts';
import {DavError} from './error.ts';
import {noExternalEntities} from './preconditions.ts';

/** Bytes of XML in one request. Enough to name tens of thousands of resources; a parser is busy with more for too long. */
export const maxXmlBytes = 4 * 1024 * 1024;

/** Room for the largest multiget, 50,000 hrefs; all is parsed in one go, while others wait. */
const maxElements = 60_000;

/** A body that is read as XML when it is first asked for. */
export interface XmlBody {
  /** Undefined: there is none. Throws DavError 400 or no-external-entities for what is not accepted, 413 for too much. */
  (): Element | undefined;
  /** Reads a long one in slices, so that others have their turn; what is wrong with it is thrown when it is asked for. */
  ahead(): Promise<void> | undefined;
}

/** Longer ones take more than a millisecond or two. */
const longBytes = 32 * 1024;

export function parseOnce({body}: HttpRequest): XmlBody {
  let read: (() => Element) | undefined;
  const once = () => {
    if (body.length === 0) return undefined;
    if (body.length > maxXmlBytes) throw new DavError(413, {message: `The XML of a request has at most ${maxXmlBytes} bytes.`});
    if (!read) {
      try {
        const parsed = parseXml(body, maxElements);
        read = () => parsed;
      } catch (error) {
        throw refusal(error);
      }
    }
    return read();
  };
  const ahead = () => {
    if (body.length <= longBytes || body.length > maxXmlBytes || !looksLikeXml(body)) return undefined;
    return parseXmlInSlices(body, maxElements).then(
      parsed => {
        read = () => parsed;
      },
      error => {
        read = () => {
          throw refusal(error);
        };
      },
    );
  };
  return Object.assign(once, {ahead});
}

/** Calendar data, of which nobody asks for XML, does not begin with a bracket or a byte order mark of UTF-16. */
function looksLikeXml(body: Uint8Array): boolean {
  const first = body.find(byte => byte > 0x20);
  return first === 0x3c || first === 0xef || first === 0xfe || first === 0xff;
}

function refusal(error: unknown): unknown {
  if (!(error instanceof XmlError)) return error;
  const condition = error instanceof ExternalEntity ? noExternalEntities : 400;
  return new DavError(condition, {message: `The body is no acceptable XML: ${error.message.replace(/\.$/, '')}.`});
}
