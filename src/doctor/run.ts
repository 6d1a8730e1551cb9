import type {Config} from '../config/config.ts';
import {loadConfig} from '../config/load.ts';
import {findAccount} from './account.ts';
import type {Check, CheckResult, CheckStatus, DoctorContext, Folder, Repair} from './check.ts';
import {checks} from './checks.ts';

/** What the doctor is asked to look at: a configured server (`config`, or the plist it is yet to be read from), or folders alone. */
export interface DoctorRequest {
  readonly config?: Config | undefined;
  readonly plist?: DoctorContext['plist'];
  /** Folders to look at in place of the configuration's; without a configuration, these alone. */
  readonly paths?: readonly string[] | undefined;
  /** See `DoctorContext`. */
  readonly url?: string | undefined;
  readonly credentials?: DoctorContext['credentials'];
  /** Names of the checks to run; all without it. */
  readonly only?: readonly string[];
  /** Told of each check as it begins. */
  onCheck?(check: Check): void;
}

export interface DoctorReport {
  /** The worst of all. */
  readonly status: CheckStatus;
  readonly results: readonly DoctorResult[];
}

/** A result and the check it is from. */
export type DoctorResult = CheckResult & {readonly check: string; readonly what: string};

/** Runs the table of checks, one after the other so that measurements do not disturb each other. Leaves no trace. */
export async function runDoctor(request: DoctorRequest): Promise<DoctorReport> {
  const context = contextOf(request);
  const results: DoctorResult[] = [];
  for (const check of asked(request, context)) {
    request.onCheck?.(check);
    for (const result of await runCheck(check, context)) results.push({check: check.name, what: check.what, ...result});
  }
  return {status: worst(results), results};
}

/** Has each check mend what it can, or (`dry`) say what that would be. No server may run on the data, nor start meanwhile. */
export async function runRepairs(request: DoctorRequest, dry: boolean): Promise<(Repair & {readonly check: string})[]> {
  const context = contextOf(request);
  const repairs: (Repair & {check: string})[] = [];
  for (const check of asked(request, context)) {
    if (!check.repair) continue;
    request.onCheck?.(check);
    for (const repair of await check.repair(context, dry)) repairs.push({check: check.name, ...repair});
  }
  return repairs;
}

function contextOf({paths, url, credentials, ...request}: DoctorRequest): DoctorContext {
  const plist = request.config ?? request.plist;
  const config = request.config ?? (plist && loadIfGood(plist));
  return {config, plist, folders: foldersOf(config, paths), account: findAccount(config), url, credentials};
}

function asked({only}: DoctorRequest, context: DoctorContext): Check[] {
  return checks.filter(check => (!only || only.includes(check.name)) && (check.applies?.(context) ?? true));
}

/** What is wrong with it is for the check of the configuration to say. */
function loadIfGood(plist: {file: string; folder: string}): Config | undefined {
  try {
    return loadConfig(plist);
  } catch {
    return undefined;
  }
}

function foldersOf(config: Config | undefined, paths: readonly string[] | undefined): Folder[] {
  if (paths?.length) return paths.map(path => ({name: path, path}));
  if (config === undefined) return [];
  const roots = [{name: 'DocumentRoot', path: config.documentRoot}];
  return config.dataRoot === config.documentRoot ? roots : [...roots, {name: 'DataRoot', path: config.dataRoot}];
}

async function runCheck(check: Check, context: DoctorContext): Promise<CheckResult[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{status: 'fail', message: `this could not be checked: ${message}`, fix: ''}];
  }
}

const order: readonly CheckStatus[] = ['fail', 'warn', 'ok', 'skipped'];

function worst(results: readonly CheckResult[]): CheckStatus {
  return order.find(status => results.some(result => result.status === status)) ?? 'ok';
}
