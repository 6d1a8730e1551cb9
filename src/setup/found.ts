import type {Config} from '../config/config.ts';

/** What is there before anything is done. */
export interface Found {
  /** The server's folder. */
  readonly folder: string;
  /** The plist to write. */
  readonly configFile: string;
  /** What the plist says; undefined where there is none. */
  readonly config: Config | undefined;
  /** Those of the files and folders a set-up makes that are there, absolute. */
  readonly existing: ReadonlySet<string>;
  readonly machine: {
    readonly hostName: string;
    /** The name of the person: whoever called sudo, else whoever this is; undefined for root itself. */
    readonly login: string | undefined;
    readonly root: boolean;
  };
  /** Ports that another program listens on, with the next free one after each. */
  readonly busyPorts: ReadonlyMap<number, number>;
  /** Accounts in accounts.xml, by their names; undefined where there is no such file. */
  readonly accounts: ReadonlyMap<string, {readonly guid: string; readonly fullName: string}> | undefined;
  /** The account that the server becomes, if root sets it up. */
  readonly system: {readonly exists: boolean; readonly canMake: boolean; readonly canReachFolder: boolean} | undefined;
  /** A set-up was begun here and not finished: nobody has seen the passwords it made. */
  readonly unfinished: {readonly madeAccounts: boolean} | undefined;
}
