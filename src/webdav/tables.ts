import type {Directory, Principal} from '../accounts/principal.ts';
import type {Proxies} from '../accounts/proxies.ts';
import type {Log} from '../base/log.ts';
import type {HttpRequest, HttpResponse} from '../http/message.ts';
import type {ObjectIndex} from '../ical/object-index.ts';
import type {HomeUnit, HomeView, Path, Store, StoredObject, StoredResource} from '../store/store.ts';
import type {Element, Node, Raw} from '../xml/element.ts';
import type {Name} from '../xml/names.ts';
import type {Ace} from './access/ace.ts';
import type {BulkFormat} from './bulk/format.ts';
import type {Duties} from './duties.ts';
import type {Limits} from './limits.ts';
import type {Form} from './negotiate.ts';

/**
 * A kind of resource: a row of the table by which a URL is understood. `locate` asks each row in turn whose `pattern` fits;
 * within a home the rows with `stored` are asked instead, by what the store holds. Rows of later extensions are asked first.
 */
export interface Kind {
  /** The field's term: `calendar`, `calendar-home`, `principal`. */
  readonly name: string;
  /** What DAV:resourcetype holds; a kind whose first is DAV:collection has members and a URL that ends in `/`. */
  readonly resourcetype: readonly Name[];
  /** For a URL outside homes, and for homes themselves: `/principals/:type/:name/`; `:x` matches one decoded segment. */
  readonly pattern?: string;
  /** What a URL that fits `pattern` names; undefined: nothing. */
  find?(params: Readonly<Record<string, string>>, context: DavContext): Promise<Resource | undefined> | Resource | undefined;
  /** Whether something within a home is of this kind; `parent` is the kind it lies in. */
  stored?(stored: StoredResource, parent: Kind): boolean;
  /** The members of a collection outside homes; those within homes come from the store. */
  members?(resource: Resource, context: DavContext): AsyncIterable<Resource> | Iterable<Resource>;
  /** Whether it is there to lead to principals and homes alone: EnableAnonymousReadNav is about these. */
  readonly leads?: boolean;
  /** Whether its members inherit what its own entries of access control grant and deny (RFC 3744 §5.5.4). */
  readonly bequeaths?: boolean;
  /** The entries of access control that it has until others are set. The default: none. */
  readonly granted?: readonly Ace[];
  /** The forms that its bytes, and those of its members, can be given in by Accept, the one they are kept in first; none: that alone. */
  readonly forms?: readonly Form[];
  /** What a header of the request makes of its bytes, and of its members', before they are given in a form (RFC 7809 §7.1). */
  readonly adapts?: {readonly header: string; to(request: DavRequest): ((bytes: Uint8Array) => Uint8Array) | undefined};
  /** Whether one stays where it is, as it is: clients neither remove nor copy it, move it or put something in its place. */
  readonly isFixed?: boolean;
  /** Whether what lies in one is the server's own: to clients it is not there. */
  readonly concealsMembers?: boolean;
  /** Whether extended MKCOL can make one, asked for by its `resourcetype` (RFC 5689 §3). */
  readonly makeable?: boolean;
  /**
   * What must hold of an object that comes into a collection of this kind by PUT, POST add-member, COPY or MOVE (RFC 4791 §5.3.2.1):
   * answers what is to be stored, throws DavError. None: anything may come.
   */
  admit?(arrival: Arrival, context: DavContext): Admitted;
  /**
   * What a change of one object in a collection of this kind means for others (RFC 6638 §3.2), asked in the unit of work before the
   * change is staged: answers what is to be stored, and has staged what is owed. Undefined: nothing, which is to be found out at a glance.
   * Only asked where the server has `duties`. Throws DavError.
   */
  schedule?(change: ObjectChange, context: DavContext & {readonly duties: Duties}): Promise<Scheduled> | undefined;
  /** Headers beside ETag that say which version of an object this is, in answers to GET and PUT (RFC 6638 §8.2). */
  versions?(stored: StoredObject): Readonly<Record<string, string>>;
  /** The same of a collection of these `types` that is made in, or copied or moved into, one of this kind (RFC 4791 §5.3.1.1). */
  admitCollection?(types: readonly Name[], place: Place, context: DavContext): void;
  /** The privileges on one of this kind that its owner keeps from all others, whatever they are granted. */
  withholds?(resource: Resource): readonly Name[];
  /** Of homes: the home as those see it whom its owner keeps something from. */
  veil?<View extends HomeView>(view: View): View;
  /** What POST to a collection of this kind is, and the privilege on it that it needs; undefined: what it is to any. */
  readonly post?: {readonly needs: Name; handle(request: DavRequest): Promise<HttpResponse>};
  /** How a collection of this kind takes many members at once (CalendarServer's bulk changes); undefined: it does not. */
  readonly bulk?: BulkFormat;
}

/** Where something comes to lie. */
export interface Place {
  /** The collection it comes into. */
  readonly parent: Resource;
  /** The home of `parent`, as the request's unit of work sees it. */
  readonly view: HomeView;
  readonly path: Path;
}

/** An object on its way into a collection. */
export interface Arrival extends Place {
  readonly bytes: Uint8Array;
  /** The Content-Type it was sent with; undefined where nothing was said, as with COPY and MOVE. */
  readonly contentType: string | undefined;
  /** Where it lies now when it is moved within its home, so that it makes no conflict with itself. */
  readonly movedFrom?: Path;
}

/** What the store is to keep of an arrival. */
export interface Admitted {
  /** The very bytes that came, save where they had to be written in another charset: then no ETag is answered. */
  readonly bytes: Uint8Array;
  readonly index: ObjectIndex | undefined;
}

/** What happens to one object in a collection. */
export interface ObjectChange {
  readonly parent: Resource;
  /** The home, with what earlier parts of the same request have staged. */
  readonly view: HomeView;
  readonly path: Path;
  /** What is there; undefined: nothing, or nothing that lay in a collection of the kind. */
  readonly before: StoredObject | undefined;
  /** What comes; undefined: it goes. */
  readonly after: Admitted | undefined;
  readonly headers: HttpRequest['headers'];
  /** UIDs of what came before it by the same request, where `view` does not show that yet. */
  readonly alongside?: ReadonlySet<string>;
}

/** What comes of it. */
export interface Scheduled {
  /** In place of `after`; the very same where nothing was changed in it. Undefined where the object goes. */
  readonly after: Admitted | undefined;
  /** Properties to set on the object and, where undefined, to remove. */
  readonly properties: ReadonlyMap<Name, string | undefined>;
  /** Of the answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a URL names. */
export interface Resource {
  readonly kind: Kind;
  /** The path as it goes into `DAV:href`: strictly percent-encoded, in the form asked for (`users/ann` or `__uids__/GUID`). */
  readonly href: string;
  /** The principal it is, or in whose home it lies. */
  readonly owner?: Principal;
  /** The principal whose delegates it is the group of. */
  readonly actsFor?: Principal;
  /** The collection it lies in, where it lies in a home and is none: entries of an access control list are inherited from it. */
  readonly within?: Resource;
  /** Outside homes: whether it may be read without a password. */
  readonly isOpen?: boolean;
  /** The home it lies in, or is. */
  readonly view?: HomeView;
  /** What the store holds of it: there for whatever lies in a home, and for homes. */
  readonly stored?: StoredResource;
}

/** What every table's row may ask of the server while one request is served. */
export interface DavContext {
  /** Who asks; undefined: nobody has logged in. */
  readonly principal: Principal | undefined;
  readonly directory: Directory;
  /** Who acts for whom. */
  readonly proxies: Proxies;
  readonly store: Store;
  /** The tables: so that a property can list the reports. */
  readonly protocol: Protocol;
  readonly limits: Limits;
  readonly log: Log;
  /** The host names by which the client reached the server, in lower case: an absolute URL with one of them is ours. */
  readonly hosts: ReadonlySet<string>;
  /** The unit of work that is open, if one is: what lies in its home is seen through it. */
  readonly unit?: HomeUnit;
  /** Work on other homes, run once the unit that is open is kept. Throws a plain Error where none is. */
  after(work: () => Promise<void>): void;
  /** What is done where that unit is refused, or run again from its beginning. Throws a plain Error where none is open. */
  undone(work: () => void): void;
  /** Undefined: nothing is delivered to anybody. */
  readonly duties?: Duties | undefined;
  /** Finds what a URL path or an absolute URL of this server names (percent-encoded); undefined: nothing, or not ours. */
  locate(href: string): Promise<Resource | undefined>;
  /** The same where another asks, with no unit of work open: for what a person may that somebody acts for. */
  as(principal: Principal): DavContext;
  /** Whether the one who asks has this privilege on the resource (RFC 3744); decided in `access.ts` alone. */
  may(privilege: Name, resource: Resource): boolean;
  /** Whether nothing in this home is kept from the one who asks: its owner, AdminPrincipals and, as far as they go, ReadPrincipals. */
  isTrusted(resource: Resource): boolean;
  /** The entries by which that is decided, in their order. */
  acl(resource: Resource): readonly Ace[];
}

/** One request after authentication, its target found and its privilege checked. */
export interface DavRequest extends DavContext {
  readonly http: HttpRequest;
  /** Undefined: nothing is mapped to the URL. */
  readonly target: Resource | undefined;
  /** The collection the URL lies in; undefined where that is not there either. */
  readonly parent: Resource | undefined;
  /** The target's path in its home, where it lies in one, mapped or not. */
  readonly path: Path | undefined;
  /** The body parsed; undefined where it is empty. Throws DavError 400, or 413 where there is too much of it. */
  xml(): Element | undefined;
  /** The target's home, to change: only for methods that say `writes`. Throws a plain Error elsewhere. */
  readonly txn: HomeUnit;
}

/**
 * What a method changes: `itself`, the resource; `tree`, also all below it and the members of its parent; `members` and `nothing`, neither.
 * Where the URL is free, all but `nothing` change the members of its parent.
 */
export type Changed = 'itself' | 'tree' | 'members' | 'nothing';

/** A row of the table of methods. */
export interface Method {
  readonly name: string;
  /** RFC 3744 Appendix B: the privilege needed on the resource, where the URL is mapped; */
  readonly mapped: Name;
  /** Whether it is needed on the collection that the resource lies in instead: where a member is taken away. */
  readonly mappedAbove?: boolean;
  /** The privilege in place of `mapped` where the body or the resource decides it. */
  mappedBy?(body: () => Element | undefined, protocol: Protocol, target: Resource): Name;
  /** Whether one who lacks the privilege is told that nothing is there. */
  conceals?(body: () => Element | undefined, protocol: Protocol): boolean;
  /** on its parent, where it is not; undefined: an unmapped URL is 404. */
  readonly unmapped?: Name;
  /** Whether dispatch opens a unit of work on the target's home: kept when `handle` answers, dropped when it throws. */
  readonly writes: boolean;
  /** RFC 9110 §9.2.1: it changes nothing, so that one answer may be given to all who ask the same while all is as it was. */
  readonly safe?: boolean;
  /** What every answer to it, refusals too, says in Cache-Control (RFC 4791 §5.3.1). */
  readonly cacheControl?: string;
  /** The token of the DAV header that only a resource sends which answers it (RFC 4918 §18.2). */
  readonly token?: string;
  /** Of methods that write: what locks keep it from (RFC 4918 §7). The default: `itself`. */
  readonly changes?: Changed;
  /** Whether a resource of this kind answers it: computes `Allow`. The default: every kind. */
  supports?(resource: Resource): boolean;
  /** What a resource that does not is answered with: 403 where it is forbidden rather than without a meaning. The default: 405. */
  readonly refusal?: 403;
  handle(request: DavRequest): Promise<HttpResponse> | HttpResponse;
}

/** A row of the table of reports (RFC 3253 §3.6). */
export interface Report {
  readonly name: Name;
  /** The privilege needed on the resource; undefined: DAV:read. */
  readonly needs?: Name;
  /** Whether who lacks it is told no more than that nothing is there: 404. */
  readonly conceals?: boolean;
  supports(resource: Resource): boolean;
  run(body: Element, request: DavRequest & {target: Resource}): Promise<HttpResponse> | HttpResponse;
}

/** A property's value: its content (nothing: an empty element), or the whole element already printed. */
export type Value = Raw | Node | readonly Node[];

/** What a property's `get` works from; `stored` is there on whatever lies in a home. */
export interface PropertyContext {
  readonly resource: Resource;
  readonly stored: StoredResource;
  readonly context: DavContext;
  /** The element that asks for it, where that says more than the name: `content-type`. */
  readonly asked?: Element;
}

/** A row of a table of live properties. */
export interface LiveProperty {
  readonly name: Name;
  /** Undefined: the resource does not have it (404 in its propstat). A string is text; use `kept` for what was stored whole. */
  get(of: PropertyContext): Value | undefined | Promise<Value | undefined>;
  /**
   * PROPPATCH, MKCOL and MKCALENDAR: the element to keep, or undefined to remove it; throws DavError to refuse.
   * `value` undefined: the client removes it. No `set`: protected (DAV:cannot-modify-protected-property).
   */
  set?(value: Element | undefined, of: {context: DavContext; resource: Resource}): Element | undefined;
  /**
   * Where the value is not kept with the resource: carries out what `set` has accepted, once no property of the request is refused.
   * Resolves when it is durable.
   */
  apply?(value: Element | undefined, of: {context: DavContext; resource: Resource}): Promise<void>;
  /** The property whose value holds this one's too, so that they cannot differ: what `set` answers is kept as that one. */
  readonly keptAs?: Name;
  /** Stands in for `set` while MKCOL or MKCALENDAR makes the resource: for properties that are protected afterwards. */
  initial?: LiveProperty['set'];
  /**
   * Whether, of an object, the value follows from what is stored of it, its kind and its URL alone: then what was printed may be given
   * again, to whoever may read it. The default is no.
   */
  readonly lasting?: boolean;
  /** Whether DAV:allprop lists it; most of CalDAV's say no (RFC 4791 §5.2). The default is yes. */
  readonly allprop?: boolean;
  /** On principals: what DAV:principal-search-property-set calls it; undefined: no search by it (RFC 3744 §9.5). */
  readonly searchable?: string;
}

/** A table: the properties of one RFC section and the kinds that have them; no kinds: all. */
export interface PropertyTable {
  readonly kinds: readonly Kind[] | 'all';
  readonly rows: readonly LiveProperty[];
}

/** Declares the live properties that resources of these kinds have. */
export function properties(kinds: readonly Kind[] | 'all', rows: readonly LiveProperty[]): PropertyTable {
  return {kinds, rows};
}

/** The value a client has set, as it set it; undefined where none has. */
export function kept(name: Name, {stored}: PropertyContext): Raw | undefined {
  const printed = stored?.properties.get(name);
  return printed === undefined ? undefined : {raw: printed};
}

/** A row of the table of privileges (RFC 3744 §3). */
export interface Privilege {
  readonly name: Name;
  /** The aggregate privilege that it is part of; undefined: it is the root, DAV:all. */
  readonly within?: Name;
  /** Whether it is no more than what it holds. */
  readonly aggregate?: boolean;
  readonly description: string;
  /** Whether it means anything on a resource. The default: on all. */
  supports?(resource: Resource): boolean;
}

/** A row of the table of conditions: a header of requests that change something, beside those of HTTP and WebDAV. */
export interface Condition {
  /** In lower case. */
  readonly header: string;
  /** Whether what it says holds of what is there; if not, the answer is 412. */
  holds(value: string, stored: StoredResource | undefined): boolean;
}

/** What a room adds to the protocol: its rows. */
export interface Extension {
  readonly name: string;
  /** Tokens of the DAV header; each must be fully true. */
  readonly tokens: readonly string[];
  readonly kinds: readonly Kind[];
  readonly methods: readonly Method[];
  readonly properties: readonly PropertyTable[];
  readonly reports: readonly Report[];
  readonly privileges?: readonly Privilege[];
  readonly conditions?: readonly Condition[];
}

/** All extensions joined; every list that a client sees is computed from it. */
export interface Protocol {
  readonly tokens: readonly string[];
  readonly kinds: readonly Kind[];
  readonly methods: ReadonlyMap<string, Method>;
  readonly reports: ReadonlyMap<Name, Report>;
  readonly properties: readonly PropertyTable[];
  readonly privileges: readonly Privilege[];
  readonly conditions: readonly Condition[];
}
