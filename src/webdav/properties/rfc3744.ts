import {type Element, element} from '../../xml/element.ts';
import {dav} from '../../xml/names.ts';
import {printAce} from '../access/ace.ts';
import {principalHref} from '../principals.ts';
import {privilegesOn, requirePrivilege} from '../privileges.ts';
import {type Privilege, type PropertyContext, properties} from '../tables.ts';

const href = (path: string) => element(dav('href'), path);

/** RFC 3744 §5: what every resource has, if empty. None is listed by DAV:allprop (§5). */
export const accessProperties = properties('all', [
  {
    name: dav('owner'),
    allprop: false,
    get: ({resource: {owner, view}}) => (owner && view ? href(principalHref(owner)) : []),
  }, // §5.1
  {name: dav('group'), allprop: false, get: () => []}, // §5.2: nothing belongs to a group as such
  {name: dav('supported-privilege-set'), allprop: false, get: supportedPrivilegeSet}, // §5.3
  {name: dav('current-user-privilege-set'), allprop: false, get: currentUserPrivilegeSet}, // §5.4
  {name: dav('acl'), allprop: false, get: acl}, // §5.5
  {name: dav('acl-restrictions'), allprop: false, get: () => []}, // §5.6: there are none
  {name: dav('inherited-acl-set'), allprop: false, get: () => []}, // §5.7: no other list must grant a privilege beside this one
  {name: dav('principal-collection-set'), allprop: false, get: () => href('/principals/')}, // §5.8
]);

function supportedPrivilegeSet({resource, context}: PropertyContext): Element[] {
  const all = privilegesOn(resource, context);
  const print = ({name, description}: Privilege): Element =>
    element(
      dav('supported-privilege'),
      element(dav('privilege'), element(name)),
      {...element(dav('description'), description), attributes: {'{http://www.w3.org/XML/1998/namespace}lang': 'en'}},
      ...all.filter(({within}) => within === name).map(print),
    );
  return all.filter(({within}) => within === undefined).map(print);
}

/** Each by its own name, the aggregates and what they hold: clients read the list literally. */
function currentUserPrivilegeSet({resource, context}: PropertyContext): Element[] {
  requirePrivilege(dav('read-current-user-privilege-set'), resource, context);
  return privilegesOn(resource, context)
    .filter(({name}) => context.may(name, resource))
    .map(({name}) => element(dav('privilege'), element(name)));
}

/** The entries that access goes by, in their order. */
function acl({resource, context}: PropertyContext): Element[] {
  requirePrivilege(dav('read-acl'), resource, context);
  return context.acl(resource).map(printAce);
}
