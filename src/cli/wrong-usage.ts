import {UserError} from '../base/user-error.ts';
import type {Command} from './command.ts';

/** The arguments were not as they should be; ends the command with exit code 64. */
export class WrongUsage extends UserError {}

/** The command, saying what is wrong with its usage by exit code 64 instead of 1. */
export function checkingUsage(command: Command): Command {
  return {
    ...command,
    async run(args, options, io) {
      try {
        return await command.run(args, options, io);
      } catch (error) {
        if (!(error instanceof WrongUsage)) throw error;
        if (io.out.json) io.out.result({error: error.message, fix: error.fix}, '');
        io.out.note(`caldav: ${error.message}${error.fix ? `\n${error.fix}` : ''}`);
        return 64;
      }
    },
  };
}
