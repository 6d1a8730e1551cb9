import {element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {livePropertiesOf} from '../propstat.ts';
import {properties} from '../tables.ts';

/** RFC 3253 §3.1. */
export const rfc3253 = properties('all', [
  {
    name: dav('supported-method-set'), // §3.1.3
    allprop: false,
    get: ({resource, context: {protocol}}) =>
      [...protocol.methods.values()]
        .filter(({supports}) => supports?.(resource) ?? true)
        .map(({name}) => ({...element(dav('supported-method')), attributes: {name}})),
  },
  {
    name: dav('supported-live-property-set'), // §3.1.4
    allprop: false,
    get: ({resource, context: {protocol}}) =>
      [...livePropertiesOf(resource.kind, protocol).keys()].map(name =>
        element(dav('supported-live-property'), element(dav('prop'), element(name))),
      ),
  },
  {
    name: dav('supported-report-set'), // §3.1.5
    allprop: false,
    get: ({resource, context: {protocol}}) =>
      [...protocol.reports.values()]
        .filter(report => report.supports(resource))
        .map(({name}) => element(dav('supported-report'), element(dav('report'), element(name)))),
  },
]);
