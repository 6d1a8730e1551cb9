import type {Name} from '../../xml/names.ts';
import type {Privilege, Protocol} from '../tables.ts';

/** A set of privileges, a bit for each that is more than the sum of what it holds. */
export type Bits = number;

const compiled = new WeakMap<Protocol, ReadonlyMap<Name, Bits>>();

/** What each privilege comes to: an aggregate is all that is within it (RFC 3744 §3). */
export function privilegeBits(protocol: Protocol): ReadonlyMap<Name, Bits> {
  let known = compiled.get(protocol);
  if (!known) {
    const {privileges} = protocol;
    const own = new Map(privileges.filter(({aggregate}) => !aggregate).map(({name}, at) => [name, 1 << at]));
    if (own.size > 31) throw new Error('there are more privileges than bits');
    const bitsOf = ({name}: Privilege): Bits =>
      privileges.filter(({within}) => within === name).reduce((bits, each) => bits | bitsOf(each), own.get(name) ?? 0);
    known = new Map(privileges.map(privilege => [privilege.name, bitsOf(privilege)]));
    compiled.set(protocol, known);
  }
  return known;
}

/**
 * The bits of these privileges, less those of what is within one that means something by itself: without DAV:read, busy time is
 * still told.
 */
export function ownBitsOf(names: readonly Name[], protocol: Protocol): Bits {
  const within = protocol.privileges.filter(({within: above}) =>
    names.some(name => name === above && !protocol.privileges.find(each => each.name === name)?.aggregate),
  );
  return (
    bitsOf(names, protocol) &
    ~bitsOf(
      within.map(({name}) => name),
      protocol,
    )
  );
}

/** All bits of these privileges; one that is not known has none. */
export function bitsOf(names: readonly Name[], protocol: Protocol): Bits {
  const known = privilegeBits(protocol);
  return names.reduce((bits, name) => bits | (known.get(name) ?? 0), 0);
}
