import type {HttpResponse} from '../http/message.ts';
import {xmlType} from '../webdav/multistatus.ts';
import {escapeText, escapeXml, prolog} from '../xml/print.ts';

/** REQUEST-STATUS of a recipient (RFC 5546 §3.6). */
export const requestStatus = {
  success: '2.0;Success',
  unknown: '3.7;Invalid calendar user',
  forbidden: '3.8;No authority',
  unavailable: '5.1;Service unavailable',
  unsupported: '5.3;No scheduling support for user',
} as const;

/** What came of a message to one recipient (RFC 6638 §10.2). */
export interface RecipientResponse {
  /** The calendar address, as it was sent. */
  readonly recipient: string;
  readonly status: (typeof requestStatus)[keyof typeof requestStatus];
  readonly data?: {readonly type: string; readonly text: string};
}

/** RFC 6638 §10.1: CALDAV:schedule-response. */
export function scheduleResponse(responses: readonly RecipientResponse[]): HttpResponse {
  const body = `${prolog}<schedule-response xmlns="urn:ietf:params:xml:ns:caldav" xmlns:D="DAV:">${responses.map(print).join('')}</schedule-response>`;
  return {status: 200, headers: {'content-type': xmlType, 'cache-control': 'private, no-cache'}, body};
}

function print({recipient, status, data}: RecipientResponse): string {
  const calendar =
    data &&
    `<calendar-data content-type="${escapeXml(data.type)}" version="2.0">${escapeText(withoutReturns(data.text))}</calendar-data>`;
  return `<response><recipient><D:href>${escapeText(recipient)}</D:href></recipient><request-status>${status}</request-status>${
    calendar ?? (status === requestStatus.unknown ? unknown : '')
  }</response>`;
}

/** RFC 4791 §9.6: XML makes LF of CRLF, so that CR may be left out. */
function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** As CalendarServer says it, to the letter: its clients look for that. */
const unknown = "<D:error><recipient-exists xmlns='urn:ietf:params:xml:ns:caldav'/></D:error>";
