/** The words of a language, for messages and for the page to answer on. */
export interface Words {
  readonly invitation: string;
  readonly update: string;
  readonly cancelled: string;
  readonly declinedCounter: string;
  readonly counter: string;
  readonly refresh: string;
  /** By PARTSTAT. */
  readonly answers: Readonly<Record<string, string>>;
  readonly answered: string;
  readonly what: string;
  readonly when: string;
  readonly where: string;
  readonly organizer: string;
  readonly attendees: string;
  readonly comment: string;
  readonly repeats: string;
  readonly frequencies: Readonly<Record<string, string>>;
  readonly instance: string;
  readonly more: string;
  readonly untitled: string;
  readonly answerHere: string;
  readonly accept: string;
  readonly tentative: string;
  readonly decline: string;
  readonly footer: string;
  readonly footerReply: string;
  readonly saved: string;
  readonly gone: string;
  readonly goneWhy: string;
}

const english: Words = {
  invitation: 'Invitation',
  update: 'Updated invitation',
  cancelled: 'Cancelled',
  declinedCounter: 'Proposal declined',
  counter: 'New time proposed',
  refresh: 'Latest version wanted',
  answers: {ACCEPTED: 'Accepted', DECLINED: 'Declined', TENTATIVE: 'Tentative', DELEGATED: 'Delegated'},
  answered: 'Answer',
  what: 'What',
  when: 'When',
  where: 'Where',
  organizer: 'Organizer',
  attendees: 'Invited',
  comment: 'Remark',
  repeats: 'Repeats',
  frequencies: {DAILY: 'daily', WEEKLY: 'weekly', MONTHLY: 'monthly', YEARLY: 'yearly'},
  instance: 'changed for one date',
  more: '… and more',
  untitled: '(no title)',
  answerHere: 'If your mail program shows no buttons to answer with, answer here:',
  accept: 'Accept',
  tentative: 'Maybe',
  decline: 'Decline',
  footer:
    'Sent by the calendar server for {name}. Your calendar program can take in and answer this message. The link above is yours alone: do not pass it on.',
  footerReply: 'Sent by the calendar server for {name}.',
  saved: 'Your answer has been passed on: {answer}',
  gone: 'This link no longer holds',
  goneWhy: 'The event is over or was cancelled, or the address is not complete.',
};

const german: Words = {
  invitation: 'Einladung',
  update: 'Geänderte Einladung',
  cancelled: 'Abgesagt',
  declinedCounter: 'Vorschlag abgelehnt',
  counter: 'Neuer Termin vorgeschlagen',
  refresh: 'Neuester Stand erbeten',
  answers: {ACCEPTED: 'Zugesagt', DECLINED: 'Abgelehnt', TENTATIVE: 'Mit Vorbehalt', DELEGATED: 'Weitergegeben'},
  answered: 'Antwort',
  what: 'Was',
  when: 'Wann',
  where: 'Wo',
  organizer: 'Organisiert von',
  attendees: 'Eingeladen',
  comment: 'Bemerkung',
  repeats: 'Wiederholung',
  frequencies: {DAILY: 'täglich', WEEKLY: 'wöchentlich', MONTHLY: 'monatlich', YEARLY: 'jährlich'},
  instance: 'für ein Datum geändert',
  more: '… und weitere',
  untitled: '(ohne Titel)',
  answerHere: 'Zeigt Ihr Mailprogramm keine Knöpfe zum Antworten, antworten Sie hier:',
  accept: 'Zusagen',
  tentative: 'Vielleicht',
  decline: 'Absagen',
  footer:
    'Vom Kalenderserver gesendet für {name}. Ihr Kalenderprogramm kann diese Nachricht aufnehmen und beantworten. Der Link oben gehört nur Ihnen: Geben Sie ihn nicht weiter.',
  footerReply: 'Vom Kalenderserver gesendet für {name}.',
  saved: 'Ihre Antwort wurde weitergegeben: {answer}',
  gone: 'Dieser Link gilt nicht mehr',
  goneWhy: 'Der Termin ist vorbei oder wurde abgesagt, oder die Adresse ist nicht vollständig.',
};

/** The languages there are, by their tag. */
const languages: Readonly<Record<string, Words>> = {en: english, de: german};

/** Names as the plist may have them. */
const names: Readonly<Record<string, string>> = {english: 'en', german: 'de', deutsch: 'de'};

/** The first of these languages (tags, RFC 5646, or names) that there are words in; English where there is none. */
export function wordsIn(...wanted: readonly (string | undefined)[]): {language: string; words: Words} {
  for (const each of wanted) {
    const lower = each?.trim().toLowerCase() ?? '';
    const language = names[lower] ?? lower.split(/[-_]/)[0]!;
    const words = Object.hasOwn(languages, language) ? languages[language] : undefined;
    if (words) return {language, words};
  }
  return {language: 'en', words: english};
}
