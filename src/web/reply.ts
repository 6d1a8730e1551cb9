import {html} from '../base/html.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import {parseCalendar} from '../ical/parse.ts';
import type {Answer} from '../scheduling/mail/answer.ts';
import {languageOf} from '../scheduling/mail/compose.ts';
import {describe, summaryOf} from '../scheduling/mail/describe.ts';
import type {PostOffice} from '../scheduling/mail/post-office.ts';
import {type Words, wordsIn} from '../scheduling/mail/words.ts';
import {style} from './style.ts';

const answers: readonly (readonly [value: string, answer: Answer, word: 'accept' | 'tentative' | 'decline'])[] = [
  ['accept', 'ACCEPTED', 'accept'],
  ['tentative', 'TENTATIVE', 'tentative'],
  ['decline', 'DECLINED', 'decline'],
];

/**
 * The page for people whose programs cannot answer invitations: `/reply/<link>`, which was mailed to them alone and is all they need.
 * GET changes nothing, for mail scanners follow links; POST answers. There is no cookie or password that another site's page could make a
 * browser send along. Undefined: the request is for something else.
 */
export function replyPage(request: HttpRequest, office: PostOffice | undefined): HttpResponse | undefined {
  const link = /^\/reply\/([\w-]{10,100})$/.exec(request.path)?.[1];
  if (link === undefined || !office) return undefined;
  const accepted = request.headers['accept-language']?.split(',').map(each => each.split(';')[0]!) ?? [];
  const invitation = office.invitationBy(link);
  if (!invitation) {
    const {language, words} = wordsIn(...accepted);
    return page(404, language, words.gone, html`<h1>${words.gone}</h1><p>${words.goneWhy}</p>`);
  }
  const calendar = parseCalendar(invitation.calendar);
  const {language, words} = wordsIn(languageOf({calendar, to: invitation.attendee}), ...accepted);
  const title = summaryOf(calendar, words);
  const details = html`<dl>${describe(calendar, {language, words}).map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>`;
  if (request.method === 'GET' || request.method === 'HEAD') {
    return page(200, language, title, html`<h1>${words.invitation}</h1>${details}${form(words)}`);
  }
  if (request.method !== 'POST') return {status: 405, headers: {allow: 'GET, HEAD, POST'}};
  const said = request.body.byteLength > 1000 ? '' : new URLSearchParams(new TextDecoder().decode(request.body)).get('answer');
  const row = answers.find(([value]) => value === said);
  if (!row || !office.answer(invitation, row[1])) {
    return page(400, language, title, html`<h1>${words.invitation}</h1>${details}${form(words)}`);
  }
  const saved = words.saved.replace('{answer}', () => words.answers[row[1]]!);
  return page(
    200,
    language,
    title,
    html`<h1>${words.invitation}</h1><p role="status"><strong>${saved}</strong></p>${details}${form(words)}`,
  );
}

function form(words: Words) {
  return html`<form method="post"><p>${answers.map(([value, , word]) => html`<button name="answer" value="${value}">${words[word]}</button> `)}</p></form>`;
}

function page(status: number, language: string, title: string, content: ReturnType<typeof html>): HttpResponse {
  const body = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`.html;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    },
    body,
  };
}
