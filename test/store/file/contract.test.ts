import {storeContract} from '../contract.ts';
import {openTemporary} from './open-temporary.ts';

storeContract('files', async options => (await openTemporary(options)).store);
