import {UserError} from '../base/user-error.ts';
import type {FromDaemon} from './daemon.ts';
import {type ServeOptions, serve} from './serve.ts';

/** The program of the server in the background. Its options come as JSON; they hold no secret. */
const options = JSON.parse(process.argv[2]!) as ServeOptions;
process.chdir('/');

const tell = (message: FromDaemon) => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

try {
  await serve(options, {ready: status => tell({ready: status}), note: text => tell({note: text})});
  process.exit(0);
} catch (error) {
  const failed =
    error instanceof UserError
      ? {message: error.message, fix: error.fix}
      : {message: `The server failed: ${error instanceof Error ? error.stack : String(error)}`, fix: ''};
  if (!process.connected) {
    process.stderr.write(`caldav: ${failed.message}\n`);
    process.exit(1);
  }
  process.send?.({failed} satisfies FromDaemon, undefined, undefined, () => process.exit(1));
}
