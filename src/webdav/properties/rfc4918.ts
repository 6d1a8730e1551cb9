import {element, type Node} from '../../xml/element.ts';
import {dav, type Name} from '../../xml/names.ts';
import {contentTypeOf} from '../content-type.ts';
import {entityTag, lastModified} from '../entity-tag.ts';
import {pageType} from '../listing.ts';
import {activeLock} from '../locks/active-lock.ts';
import {covering} from '../locks/lock-scope.ts';
import {kept, type PropertyContext, properties} from '../tables.ts';

/** RFC 4918 §15. */
export const rfc4918 = properties('all', [
  {name: dav('creationdate'), lasting: true, get: ({stored}) => stored && new Date(stored.created).toISOString()}, // §15.1
  {name: dav('displayname'), lasting: true, get: displayname, set: value => value, searchable: 'Full name'}, // §15.2
  {name: dav('getcontentlanguage'), lasting: true, get: of => kept(dav('getcontentlanguage'), of), set: value => value}, // §15.3
  {
    name: dav('getcontentlength'),
    lasting: true,
    get: ({stored}) => (stored?.collection === false ? String(stored.sizeBytes) : undefined),
  }, // §15.4
  {name: dav('getcontenttype'), lasting: true, get: getcontenttype}, // §15.5
  {name: dav('getetag'), lasting: true, get: ({stored}) => stored && `"${entityTag(stored)}"`}, // §15.6
  {name: dav('getlastmodified'), lasting: true, get: ({stored}) => stored && new Date(lastModified(stored)).toUTCString()}, // §15.7
  {name: dav('lockdiscovery'), get: lockdiscovery}, // §15.8
  {name: dav('resourcetype'), lasting: true, get: resourcetype}, // §15.9
  {name: dav('supportedlock'), get: supportedlock}, // §15.10
]);

function displayname(of: PropertyContext) {
  const {resource} = of;
  if (resource.stored)
    return kept(dav('displayname'), of) ?? (resource.stored.path === '' ? resource.owner?.fullName : undefined);
  return resource.owner?.fullName ?? decodeURIComponent(resource.href.split('/').at(-2) ?? '');
}

function getcontenttype(of: PropertyContext) {
  const {stored, resource} = of;
  if (stored?.collection || resource.kind.resourcetype.includes(dav('collection'))) return pageType;
  if (!stored) return undefined;
  return kept(dav('getcontenttype'), of) ?? contentTypeOf(stored.path);
}

function lockdiscovery({resource}: PropertyContext): Node[] {
  const {view, stored} = resource;
  return view && stored ? covering(view.locks(), stored.path).map(lock => activeLock(lock, resource)) : [];
}

function supportedlock({resource, context}: PropertyContext): readonly Node[] {
  return context.protocol.methods.get('LOCK')?.supports?.(resource) ? lockEntries : [];
}

const lockEntries = [dav('exclusive'), dav('shared')].map(scope =>
  element(dav('lockentry'), element(dav('lockscope'), element(scope)), element(dav('locktype'), element(dav('write')))),
);

function resourcetype({resource: {kind, stored}}: PropertyContext): Node[] {
  const types = new Set<Name>(kind.resourcetype);
  if (stored?.collection) for (const type of stored.types) types.add(type);
  return [...types].map(type => element(type));
}
