/** What a delegate may do in another's home, read it or write in it too (calendar-proxy). */
export type ProxyAccess = 'read' | 'write';

/** Who acts for whom: what accounts.xml says of it and what owners set themselves, together. All are GUIDs; groups stand for themselves. */
export interface Proxies {
  /** Those who act for `guid`, as they are named: groups not resolved. */
  of(guid: string, access: ProxyAccess): readonly string[];
  /** Those whom `guid` acts for, named itself or by a group that it is in. */
  for(guid: string, access: ProxyAccess): readonly string[];
  /** Replaces those who act for `guid`. Resolves once it is durable. Throws where they cannot be changed here. */
  set(guid: string, access: ProxyAccess, members: readonly string[]): Promise<void>;
}
