import {Session} from 'node:inspector/promises';

/** Begins to profile this process's CPU time; the function it answers ends that and gives the text of a `.cpuprofile` file. */
export async function startProfile(): Promise<() => Promise<string>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const {profile} = await session.post('Profiler.stop');
    session.disconnect();
    return JSON.stringify(profile);
  };
}
