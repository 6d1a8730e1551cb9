import {dav} from '../../xml/names.ts';
import {DavError} from '../error.ts';
import {supportedReport} from '../preconditions.ts';
import {notLoggedIn} from '../privileges.ts';
import type {Method} from '../tables.ts';

/** RFC 3253 §3.6: the body's root names the report. */
export const report: Method = {
  name: 'REPORT',
  mapped: dav('read'),
  mappedBy: (body, {reports}) => reports.get(body()?.name ?? dav('prop'))?.needs ?? dav('read'),
  conceals: (body, {reports}) => reports.get(body()?.name ?? dav('prop'))?.conceals ?? false,
  writes: false,
  safe: true,
  handle(request) {
    const target = request.target!;
    // Outside homes reports are about principals, whom nobody is told of: who asks means to be asked for a password.
    if (!request.principal && !target.view) throw notLoggedIn();
    const body = request.xml();
    if (!body) throw new DavError(400, {message: 'The body must name a report.'});
    const row = request.protocol.reports.get(body.name);
    if (!row?.supports(target)) throw new DavError(supportedReport, {message: `There is no report ${body.name} here.`});
    return row.run(body, Object.assign(request, {target}));
  },
};
