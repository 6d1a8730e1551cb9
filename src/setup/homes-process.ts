import {takeOrder} from '../server/as-account.ts';
import {prepareFileStore} from '../store/file/store.ts';
import {makeHomes} from './homes.ts';

/** The program of the process that makes homes where root sets a server up. */
await prepareFileStore();
takeOrder(async (order: Parameters<typeof makeHomes>[0]) => () => makeHomes(order));
