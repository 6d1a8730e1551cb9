import type {Command} from './command.ts';

/**
 * The table of commands, in the order of `caldav --help`. Each is loaded when it is used or its help is asked for; `name` and
 * `summary` stand here so that the general help needs no more than this file.
 */
export const commands: readonly CommandRow[] = [
  {name: 'setup', summary: 'make a server in this folder', load: async () => (await import('./commands/setup.ts')).setup},
  {name: 'run', summary: 'start the server in the foreground', load: async () => (await import('./commands/run.ts')).run},
  {name: 'stop', summary: 'stop the server', load: async () => (await import('./commands/stop.ts')).stop},
  {
    name: 'restart',
    summary: 'stop the server and start it again',
    load: async () => (await import('./commands/restart.ts')).restart,
  },
  {
    name: 'reload',
    summary: 'read configuration, accounts and certificates anew',
    load: async () => (await import('./commands/reload.ts')).reload,
  },
  {
    name: 'status',
    summary: 'say whether the server runs, and where',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {name: 'doctor', summary: 'check everything a server needs', load: async () => (await import('./commands/doctor.ts')).doctor},
  {name: 'user add', summary: 'add an account', load: async () => (await import('./commands/user-add.ts')).userAdd},
  {name: 'user list', summary: 'list the accounts', load: async () => (await import('./commands/user-list.ts')).userList},
  {name: 'user show', summary: 'show one account', load: async () => (await import('./commands/user-show.ts')).userShow},
  {
    name: 'user passwd',
    summary: 'give an account a new password',
    load: async () => (await import('./commands/user-passwd.ts')).userPasswd,
  },
  {
    name: 'user edit',
    summary: "change an account's names and addresses",
    load: async () => (await import('./commands/user-edit.ts')).userEdit,
  },
  {name: 'user remove', summary: 'remove an account', load: async () => (await import('./commands/user-remove.ts')).userRemove},
  {name: 'group add', summary: 'add a group', load: async () => (await import('./commands/group-add.ts')).groupAdd},
  {name: 'group list', summary: 'list the groups', load: async () => (await import('./commands/group-list.ts')).groupList},
  {name: 'group remove', summary: 'remove a group', load: async () => (await import('./commands/group-remove.ts')).groupRemove},
  {
    name: 'group add-member',
    summary: 'put an account into a group',
    load: async () => (await import('./commands/group-add-member.ts')).groupAddMember,
  },
  {
    name: 'group remove-member',
    summary: 'take an account out of a group',
    load: async () => (await import('./commands/group-remove-member.ts')).groupRemoveMember,
  },
  {
    name: 'location add',
    summary: 'add a room that is booked by inviting it',
    load: async () => (await import('./commands/booked-add.ts')).locationAdd,
  },
  {
    name: 'location list',
    summary: 'list the rooms',
    load: async () => (await import('./commands/booked-list.ts')).locationList,
  },
  {
    name: 'location show',
    summary: 'show one room',
    load: async () => (await import('./commands/booked-show.ts')).locationShow,
  },
  {
    name: 'location edit',
    summary: 'change what a room is called, where it is, and how it answers',
    load: async () => (await import('./commands/booked-edit.ts')).locationEdit,
  },
  {
    name: 'location remove',
    summary: 'remove a room',
    load: async () => (await import('./commands/booked-remove.ts')).locationRemove,
  },
  {
    name: 'resource add',
    summary: 'add a thing that is booked by inviting it',
    load: async () => (await import('./commands/booked-add.ts')).resourceAdd,
  },
  {
    name: 'resource list',
    summary: 'list the things',
    load: async () => (await import('./commands/booked-list.ts')).resourceList,
  },
  {
    name: 'resource show',
    summary: 'show one thing',
    load: async () => (await import('./commands/booked-show.ts')).resourceShow,
  },
  {
    name: 'resource edit',
    summary: 'change what a thing is called, where it is, and how it answers',
    load: async () => (await import('./commands/booked-edit.ts')).resourceEdit,
  },
  {
    name: 'resource remove',
    summary: 'remove a thing',
    load: async () => (await import('./commands/booked-remove.ts')).resourceRemove,
  },
  {
    name: 'proxy add',
    summary: 'let an account act in the calendars of another',
    load: async () => (await import('./commands/proxy-add.ts')).proxyAdd,
  },
  {
    name: 'proxy list',
    summary: 'list who acts in whose calendars',
    load: async () => (await import('./commands/proxy-list.ts')).proxyList,
  },
  {
    name: 'proxy remove',
    summary: 'no longer let an account act for another',
    load: async () => (await import('./commands/proxy-remove.ts')).proxyRemove,
  },
  {
    name: 'config get',
    summary: 'print one configuration value',
    load: async () => (await import('./commands/config-get.ts')).configGet,
  },
  {
    name: 'config set',
    summary: 'change one configuration value',
    load: async () => (await import('./commands/config-set.ts')).configSet,
  },
  {
    name: 'config list',
    summary: 'list the configuration',
    load: async () => (await import('./commands/config-list.ts')).configList,
  },
  {
    name: 'service install',
    summary: 'have the machine start the server',
    load: async () => (await import('./commands/service-install.ts')).serviceInstall,
  },
  {
    name: 'service uninstall',
    summary: 'no longer have the machine start the server',
    load: async () => (await import('./commands/service-uninstall.ts')).serviceUninstall,
  },
  {
    name: 'service status',
    summary: 'say whether the machine starts the server',
    load: async () => (await import('./commands/service-status.ts')).serviceStatus,
  },
  {
    name: 'mail queue',
    summary: 'list the messages that are to be sent by e-mail',
    load: async () => (await import('./commands/mail-queue.ts')).mailQueue,
  },
  {
    name: 'mail retry',
    summary: 'try a message again now',
    load: async () => (await import('./commands/mail-retry.ts')).mailRetry,
  },
  {
    name: 'mail drop',
    summary: 'never send a message',
    load: async () => (await import('./commands/mail-drop.ts')).mailDrop,
  },
  {
    name: 'mail deliver',
    summary: 'take one answer from a mail server',
    load: async () => (await import('./commands/mail-deliver.ts')).mailDeliver,
  },
  {
    name: 'import',
    summary: 'bring iCalendar files into a calendar',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'export',
    summary: 'write calendars out as iCalendar files',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  {
    name: 'backup',
    summary: 'write the whole server into one file',
    load: async () => (await import('./commands/backup.ts')).backup,
  },
  {
    name: 'restore',
    summary: 'bring back a server, or one account, from a backup',
    load: async () => (await import('./commands/restore.ts')).restore,
  },
  {
    name: 'data move',
    summary: 'move the calendars to another place',
    load: async () => (await import('./commands/data-move.ts')).dataMove,
  },
  {
    name: 'test',
    summary: 'judge a server by CalDAVTester scripts',
    load: async () => (await import('./commands/test.ts')).test,
  },
];

/** A command and how to get it. */
export interface CommandRow {
  /** The words to type, without arguments. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}
