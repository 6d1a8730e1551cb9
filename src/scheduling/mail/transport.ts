import {isIP} from 'node:net';
import type {Config} from '../../config/config.ts';
import type {Mail} from './compose.ts';

/** What hands messages to the mail server. */
export interface Transport {
  /** Resolves once the mail server has taken it. Throws what `judge` judges. */
  send(mail: Mail): Promise<void>;
  /** Whether the mail server lets us in; throws where not. */
  verify(): Promise<void>;
  close(): void;
}

type Sending = Config['mail']['sending'];

/** How to speak to the mail server: never with a password in the clear, save within this machine. */
export function smtpOptions({server, port, useSsl, username, password}: Sending) {
  const local = isOwnMachine(server);
  const secure = useSsl && port === 465;
  return {
    host: server,
    port,
    secure,
    requireTLS: !secure && (useSsl || (username !== '' && !local)),
    // A mail server of this machine often has a certificate that is nobody's.
    ignoreTLS: !useSsl && local,
    ...(username ? {auth: {user: username, pass: password}} : {}),
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    tls: {minVersion: 'TLSv1.2' as const},
  };
}

function isOwnMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** The same messages over one connection, kept for those that follow. nodemailer is loaded here. */
export async function prepareTransport(): Promise<(sending: Sending) => Transport> {
  const {createTransport} = await import('nodemailer');
  return sending => {
    const transport = createTransport({...smtpOptions(sending), pool: true, maxConnections: 1});
    return {
      async send(mail) {
        await transport.sendMail(mimeOf(mail, sending.address));
      },
      async verify() {
        await transport.verify();
      },
      close: () => transport.close(),
    };
  };
}

/**
 * multipart/alternative, its last part text/calendar (RFC 6047 §2.4): what Apple, Google and Microsoft read. A second copy as an
 * attachment would be shown beside the buttons to answer with, and none of them needs it.
 */
export function mimeOf(mail: Mail, envelopeFrom: string) {
  return {
    messageId: mail.messageId,
    envelope: {from: envelopeFrom, to: mail.to},
    from: mail.from,
    replyTo: mail.replyTo,
    to: {name: '', address: mail.to},
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers: {
      'Auto-Submitted': 'auto-generated', // RFC 3834 §5
      'Content-Language': mail.language,
    },
    alternatives: [
      {
        contentType: `text/calendar; charset=utf-8; method=${mail.method}`,
        contentTransferEncoding: 'base64' as const,
        content: mail.ics,
      },
    ],
  };
}

/** What became of a message that could not be handed over. */
export interface Verdict {
  /** `message`: this one will never be taken; `later`: this one; `server`: the mail server cannot be used now, for any. */
  readonly what: 'message' | 'later' | 'server';
  /** For the log and the queue; has no secret. */
  readonly why: string;
}

/** RFC 5321 §4.2.1: of what concerns one message 5xx is for ever, 4xx for now; what concerns log-in and connection is about none. */
export function judge(error: unknown): Verdict {
  const {code, responseCode, response, message} = error as {
    code?: string;
    responseCode?: number;
    response?: string;
    message?: string;
  };
  const why = (response ?? message ?? String(error)).replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 300);
  if (responseCode === 421) return {what: 'server', why};
  if (code === 'EENVELOPE' || code === 'EMESSAGE') {
    // Asked to log in, or to encrypt: what is wrong is the configuration.
    if (responseCode === 530 || responseCode === 535 || responseCode === 538) return {what: 'server', why};
    return {what: (responseCode ?? 400) >= 500 ? 'message' : 'later', why};
  }
  return {what: 'server', why};
}
