import {createServer} from 'node:net';
import {UserError} from '../../base/user-error.ts';
import type {Config} from '../../config/config.ts';
import type {Endpoint} from '../../http/bind.ts';
import {endpoints, portError} from '../../server/ports.ts';
import {type Check, type CheckResult, fail, ok} from '../check.ts';
import {findRunning, type Running} from '../running.ts';

/** The ports: free, or held by this very server. */
export const ports: Check = {
  name: 'ports',
  what: 'Ports',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    return checkPorts(config!, await findRunning(config!));
  },
};

/** `running`: this server, if it runs. */
export async function checkPorts(config: Config, running: Running | undefined): Promise<CheckResult[]> {
  let wanted: readonly Endpoint[];
  try {
    wanted = endpoints(config);
  } catch (error) {
    if (error instanceof UserError) return [fail(error.message, error.fix)];
    throw error;
  }
  return Promise.all(wanted.map(async endpoint => judgePort(endpoint, await tryToListen(endpoint), running)));
}

/** Listens for a moment; answers why that could not be. */
async function tryToListen({host, port}: Endpoint): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(error));
    server.listen({host, port, exclusive: true}, () => server.close(() => resolve(undefined)));
  });
}

/** `error`: what listening on it ended in; undefined: it could be done. */
export function judgePort(
  {host, port}: Endpoint,
  error: NodeJS.ErrnoException | undefined,
  running: Running | undefined,
): CheckResult {
  const where = host === undefined ? `port ${port}` : `port ${port} on ${host}`;
  const details = {port, host};
  if (error === undefined) return ok(`${where} is free`, details);
  const ours = error.code === 'EADDRINUSE' && running && (running.bound?.some(bound => bound.port === port) ?? true);
  if (ours) return ok(`${where} is held by this server (process ${running.pid})`, details);
  const said = portError(error, host, port);
  return fail(
    said.message,
    said instanceof UserError ? said.fix : 'Mend BindAddresses and the ports in the configuration.',
    details,
  );
}
