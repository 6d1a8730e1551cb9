import {type HomesOrder, makeHomes} from './homes.ts';

/** The program of the process that makes homes where root sets a server up: it becomes another account and ends. */
process.once('message', async message => {
  let complaint: string | undefined;
  try {
    await makeHomes(message as HomesOrder);
  } catch (error) {
    complaint = error instanceof Error ? error.message : String(error);
  }
  process.send?.({complaint}, () => process.disconnect());
});
