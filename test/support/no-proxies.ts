import type {Directory} from '../../src/accounts/principal.ts';
import {joinProxies, type Proxies} from '../../src/accounts/proxies.ts';

/** Nobody acts for anybody, save whom the accounts name. */
export const noProxies = (directory: Directory): Proxies => joinProxies(directory, [], async () => {});
