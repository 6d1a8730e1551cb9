import {readFileSync} from 'node:fs';
import {html} from '../../base/html.ts';
import {fill} from '../../base/template.ts';
import {mainComponents} from '../../ical/jcal.ts';
import type {Calendar} from '../../ical/parse.ts';
import {printCalendar} from '../../ical/print.ts';
import {sameAddress} from '../../itip/address.ts';
import type {Message} from '../../itip/message.ts';
import {addressOf, attendeesOf, parameter, partstatOf} from '../../itip/parties.ts';
import {describe, oneLine, summaryOf} from './describe.ts';
import {isFromOrganizer} from './outgoing-calendar.ts';
import {type Words, wordsIn} from './words.ts';

/** A message as it is to be mailed. */
export interface Mail {
  readonly messageId: string;
  readonly from: {readonly name: string; readonly address: string};
  readonly replyTo: string;
  readonly to: string;
  readonly subject: string;
  readonly language: string;
  readonly text: string;
  readonly html: string;
  readonly method: Message['method'];
  readonly ics: string;
}

export interface ComposeOptions {
  /** What goes out as text/calendar. */
  readonly calendar: Calendar;
  readonly messageId: string;
  /** The server's address, and where answers go. */
  readonly address: string;
  readonly replyTo: string;
  readonly to: string;
  /** Whose message it is. */
  readonly name: string;
  /** Whether they have had one of the same before. */
  readonly renewed: boolean;
  /** The page to answer on; undefined: none. */
  readonly link: string | undefined;
  /** Where the recipient's is not known. */
  readonly language: string;
}

/** The templates, read while this process may read its own program. */
export interface Templates {
  readonly text: string;
  readonly html: string;
}

export function readTemplates(): Templates {
  const read = (name: string) => readFileSync(new URL(`../../../templates/mail/${name}`, import.meta.url), 'utf8');
  return {text: read('message.txt.template'), html: read('message.html.template')};
}

/** A message for people and programs (RFC 6047 §2.4): text, the same in HTML, and one text/calendar part. */
export function compose(message: Message, options: ComposeOptions, templates: Templates): Mail {
  const {calendar, messageId, address, replyTo, to, name, link} = options;
  const {language, words} = wordsIn(languageOf(message), options.language);
  const kind = kindOf(message, words, options.renewed);
  const title = `${kind}: ${summaryOf(message.calendar, words)}`;
  const details = describe(message.calendar, {language, words});
  const footer = (isFromOrganizer(message) && link ? words.footer : words.footerReply).replace('{name}', () => oneLine(name));
  const width = Math.max(...details.map(([label]) => label.length)) + 2;
  return {
    messageId,
    from: {name: oneLine(name), address},
    replyTo,
    to,
    subject: title,
    language,
    method: message.method,
    ics: printCalendar(calendar),
    text: fill(templates.text, {
      title,
      footer,
      details: details.map(([label, text]) => `${`${label}:`.padEnd(width)}${text}`).join('\n'),
      links: link ? `\n${words.answerHere}\n${link}\n` : '',
    }),
    html: fill(templates.html, {
      language,
      title: html`${title}`.html,
      footer: html`${footer}`.html,
      details: details
        .map(
          ([label, text]) =>
            html`<tr><th scope="row" align="left" valign="top" style="padding-right: 1rem">${label}</th><td>${text}</td></tr>`
              .html,
        )
        .join('\n'),
      links: link
        ? html`<p>${words.answerHere}<br><a href="${link}">${words.accept} · ${words.tentative} · ${words.decline}</a></p>`.html
        : '',
    }),
  };
}

/** LANGUAGE of the recipient's ATTENDEE (RFC 5545 §3.2.10). */
export function languageOf({calendar, to}: Pick<Message, 'calendar' | 'to'>): string | undefined {
  for (const part of mainComponents(calendar)) {
    const found = attendeesOf(part).find(each => sameAddress(addressOf(each), to));
    if (found) return parameter(found, 'language');
  }
  return undefined;
}

function kindOf(message: Message, words: Words, renewed: boolean): string {
  switch (message.method) {
    case 'CANCEL':
      return words.cancelled;
    case 'DECLINECOUNTER':
      return words.declinedCounter;
    case 'COUNTER':
      return words.counter;
    case 'REFRESH':
      return words.refresh;
    case 'REPLY': {
      const [part] = mainComponents(message.calendar);
      const mine = part && attendeesOf(part).find(each => sameAddress(addressOf(each), message.from));
      return words.answers[partstatOf(mine)] ?? words.answered;
    }
    default:
      return renewed ? words.update : words.invitation;
  }
}
