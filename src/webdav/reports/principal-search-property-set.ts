import {element} from '../../xml/element.ts';
import {dav, xml} from '../../xml/names.ts';
import {printXml} from '../../xml/print.ts';
import {parseDepth} from '../depth.ts';
import {principal} from '../kinds/principal.ts';
import {xmlType} from '../multistatus.ts';
import {livePropertiesOf} from '../propstat.ts';
import type {Report} from '../tables.ts';

/** RFC 3744 §9.5: by which properties principals can be searched. */
export const principalSearchPropertySet: Report = {
  name: dav('principal-search-property-set'),
  supports: ({view}) => !view,
  run(_body, {protocol, http}) {
    parseDepth(http, '0', ['0']);
    const rows = [...livePropertiesOf(principal, protocol).values()].filter(({searchable}) => searchable !== undefined);
    const found = rows.map(({name, searchable}) =>
      element(dav('principal-search-property'), element(dav('prop'), element(name)), {
        ...element(dav('description'), searchable),
        attributes: {[xml('lang')]: 'en'},
      }),
    );
    const body = printXml(element(dav('principal-search-property-set'), ...found));
    return {status: 200, headers: {'content-type': xmlType}, body};
  },
};
