import {loadDirectory} from '../../accounts/load.ts';
import {asAccount} from '../as-account.ts';
import type {Check} from '../check.ts';
import {judgeDeliveries} from '../deliveries.ts';
import {findRunning} from '../running.ts';

/** What is yet to be delivered to others, and what is in the way. */
export const deliveries: Check = {
  name: 'deliveries',
  what: 'Invitations to deliver',
  applies: ({config}) => config !== undefined,
  async run({config, account}) {
    const report = await asAccount(account, 'deliveries', config!.dataRoot);
    const isServed = (await findRunning(config!)) !== undefined;
    const directory = await loadDirectory(config!.directory.xmlFile).catch(() => undefined);
    return judgeDeliveries(report, {isServed, now: Date.now(), directory});
  },
};
