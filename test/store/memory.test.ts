import {memoryStore} from '../support/memory-store.ts';
import {storeContract} from './contract.ts';

storeContract('memory', async options => memoryStore(options));
