import type {HttpRequest} from '../http/message.ts';
import type {Element} from '../xml/element.ts';
import {ExternalEntity, parseXml, XmlError} from '../xml/parse.ts';
import {DavError} from './error.ts';
import {noExternalEntities} from './preconditions.ts';

/** Bytes of XML in one request. Enough to name tens of thousands of resources; a parser is busy with more for too long. */
export const maxXmlBytes = 4 * 1024 * 1024;

/** Room for the largest multiget, 50,000 hrefs; all is parsed in one go, while others wait. */
const maxElements = 60_000;

/** Parses the body when it is first asked for. Throws DavError 400 or no-external-entities for what is not accepted, 413 for too much. */
export function parseOnce({body}: HttpRequest): () => Element | undefined {
  let parsed: Element | undefined;
  return () => {
    if (body.length === 0) return undefined;
    if (body.length > maxXmlBytes) throw new DavError(413, {message: `The XML of a request has at most ${maxXmlBytes} bytes.`});
    try {
      parsed ??= parseXml(body, maxElements);
      return parsed;
    } catch (error) {
      if (!(error instanceof XmlError)) throw error;
      const refusal = error instanceof ExternalEntity ? noExternalEntities : 400;
      throw new DavError(refusal, {message: `The body is no acceptable XML: ${error.message.replace(/\.$/, '')}.`});
    }
  };
}
