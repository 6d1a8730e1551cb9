import type {Command} from '../command.ts';

export const stop: Command = {
  name: 'stop',
  summary: 'stop the server',
  options: [],
  examples: [
    ['caldav stop', 'lets what is under way end, and comes back when all its processes are gone'],
    ['caldav stop --dir /srv/caldav', 'stops the server of that folder'],
  ],
  async run(_args, _options, io) {
    const {stopServer} = await import('../../server/stop.ts');
    const {loadMeeting} = await import('../running.ts');
    const stopped = await stopServer(loadMeeting(io));
    io.out.result({stopped}, stopped ? 'The server has stopped.' : 'No server runs here.');
    return 0;
  },
};
