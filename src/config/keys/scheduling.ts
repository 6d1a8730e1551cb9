import type {ConfigKey} from '../key.ts';

/** Scheduling.CalDAV and Scheduling.Options: whose addresses are this server's, who may invite, and how many may be asked at once. */
export const scheduling: readonly ConfigKey[] = [
  {
    key: 'Scheduling.CalDAV.EmailDomain',
    type: 'string',
    default: '',
    config: 'scheduling.emailDomain',
    meaning:
      'The mail domain of this server’s accounts: no invitation is mailed there; who has no account is reported as unknown.',
  },
  {
    key: 'Scheduling.CalDAV.HTTPDomain',
    type: 'string',
    default: '',
    config: 'scheduling.httpDomain',
    meaning: 'The same for calendar addresses that are URLs.',
  },
  {
    key: 'Scheduling.CalDAV.AddressPatterns',
    type: 'patterns',
    default: [],
    config: 'scheduling.addressPatterns',
    meaning: 'The same as regular expressions of calendar addresses.',
  },
  {
    key: 'Scheduling.CalDAV.EnablePrivateComments',
    type: 'boolean',
    default: true,
    config: 'scheduling.privateComments',
    meaning: 'Whether clients are told that attendees can send the organizer a comment which the others do not see.',
  },
  {
    key: 'Scheduling.Options.AllowLocationAsOrganizer',
    type: 'boolean',
    default: false,
    config: 'scheduling.organizers.locations',
    meaning: 'Whether locations may invite.',
  },
  {
    key: 'Scheduling.Options.AllowResourceAsOrganizer',
    type: 'boolean',
    default: false,
    config: 'scheduling.organizers.resources',
    meaning: 'Whether resources may invite.',
  },
  {
    key: 'Scheduling.Options.LimitFreeBusyAttendees',
    type: 'integer',
    default: 100,
    config: 'scheduling.limitFreeBusyAttendees',
    meaning: 'How many one request may ask when they are busy, the others being left unanswered; 0: no limit.',
  },
];
