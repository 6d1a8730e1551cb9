import {setTimeout as sleep} from 'node:timers/promises';
import type {Answer} from './client.ts';
import {findCompound} from './compound.ts';
import {fillBytes, findDataFile, readDataFile} from './data-file.ts';
import {shutBy} from './gate.ts';
import {grab} from './grabs.ts';
import {credentialsOf, sendRequest, uriOf} from './request.ts';
import type {ScriptRequest} from './script.ts';
import type {Session} from './session.ts';
import {encodeUri} from './uri.ts';
import {argsOf, type Checked} from './verifier.ts';
import {verifiers} from './verifiers.ts';

/**
 * Makes one request of a script, checks the answer and keeps what it grabs; answers what is wrong. `mustSucceed`: where it has no
 * verifiers, 2xx is what is right (a script's start).
 */
export async function takeStep(
  session: Session,
  request: ScriptRequest,
  {iteration = 1, mustSucceed = false}: {iteration?: number; mustSucceed?: boolean} = {},
): Promise<string | undefined> {
  if (shutBy(request.gate, session.info.features)) return undefined;
  const until = Date.now() + session.info.waitSuccessMs;
  for (;;) {
    const failure = await once(session, request, iteration, mustSucceed);
    if (!failure || !request.waitForSuccess || Date.now() > until) return failure;
    await sleep(session.info.waitDelayMs);
  }
}

async function once(session: Session, request: ScriptRequest, iteration: number, mustSucceed: boolean) {
  const compound = findCompound(request.method);
  let written = request.uris[0] ?? '';
  let sent = request;
  if (compound) {
    const credentials = credentialsOf(session, request);
    const uris = request.uris.map(uri => uriOf(session, uri, iteration));
    const outcome = await compound.compound.run({session, uris, credentials, argument: compound.argument});
    if (outcome === 'done') return undefined;
    if ('failure' in outcome) return `${request.method}: ${outcome.failure}`;
    session.found = outcome.found;
    session.seen.add(outcome.found);
    sent = {...request, method: 'GET'};
    written = '$';
  }
  const uri = uriOf(session, written, iteration);
  const answer = await sendRequest(session, sent, uri, iteration);
  if (request.endDelete) session.endDeletes.push({uri, credentials: credentialsOf(session, request)});
  if (!compound) session.found = answer.header('location')[0] ?? session.found;
  const failure = verify(session, request, answer, encodeUri(uri), mustSucceed);
  if (failure) return `${sent.method} ${encodeUri(uri)}: ${failure}`;
  for (const one of request.grabs) {
    const missing = grab(session, answer, one);
    if (missing) return `${sent.method} ${encodeUri(uri)}: ${missing}`;
  }
  return undefined;
}

function verify(
  {info, variables, file}: Session,
  request: ScriptRequest,
  answer: Answer,
  uri: string,
  mustSucceed: boolean,
): string | undefined {
  if (request.verify.length === 0 && mustSucceed && Math.floor(answer.status / 100) !== 2)
    return `the status is ${answer.status}`;
  for (const {gate, callback, args} of request.verify) {
    if (shutBy(gate, info.features)) continue;
    const verifier = verifiers.find(({name}) => name === callback);
    if (!verifier) return `there is no verifier ${callback}`;
    const checked: Checked = {
      answer,
      uri,
      args: argsOf(args, variables.fill),
      info,
      read: filepath => fillBytes(readDataFile(findDataFile(file, filepath)) ?? new Uint8Array(), variables.fill),
    };
    const wrong = verifier.check(checked);
    if (wrong) return `${callback}: ${wrong}`;
  }
  return undefined;
}
