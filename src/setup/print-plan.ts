import {relative} from 'node:path';
import type {Plan, PlannedPath} from './planned.ts';
import {steps} from './steps.ts';

/** A plan for people: what the server will be, what is done for it, and what to know before. */
export function printPlan(plan: Plan): string {
  const {folder, settings, accounts, admin, remarks} = plan;
  const {host, httpPort, sslPort, bind, tls} = settings;
  const rows: (readonly [string, string])[] = [
    ['Folder', folder],
    ['Host name', host],
    ['Ports', [sslPort ? `${sslPort} (HTTPS)` : '', httpPort ? `${httpPort} (HTTP)` : ''].filter(Boolean).join(', ')],
    ...(bind.length > 0 ? [['Addresses', bind.join(', ')] as const] : []),
    [
      'Certificate',
      {own: 'from an authority made for this server', files: tls.certificate, none: 'none: no encryption'}[tls.kind],
    ],
    ['Calendars', settings.documentRoot],
    ['Other data', settings.dataRoot],
    ['Logs', settings.logDir],
    ...(settings.userName ? [['Runs as', settings.userName] as const] : []),
    ['Accounts', accounts.length > 0 ? accounts.map(({name}) => name).join(', ') : 'those in accounts.xml'],
    ...(admin ? [['Administrator', admin] as const] : []),
  ];
  const work = steps.filter(step => !step.done(plan)).map(step => `  • ${step.title(plan)}`);
  const replaced = pathsOf(plan).filter(({action}) => action === 'replace');
  return [
    ...rows.map(([name, value]) => `${name.padEnd(14)} ${value}`),
    '',
    ...(work.length > 0 ? ['To do:', ...work] : ['Everything is there already: nothing to do.']),
    ...(plan.answers.force ? replaced : []).map(
      ({path}) => `  • keep the old ${relative(folder, path)} beside the new one, as *.bak`,
    ),
    ...(remarks.length > 0 ? ['', ...remarks.map(remark => `Note: ${remark}`)] : []),
  ].join('\n');
}

/** Every file and folder of a plan. */
function pathsOf(plan: Plan): PlannedPath[] {
  return [...plan.folders, ...plan.authority, ...plan.certificate, plan.accountsFile, plan.config, ...plan.references];
}
