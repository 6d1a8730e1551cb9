import type {ConfigKey} from '../key.ts';

const python = 'it tuned a part of the Python program that this one does not have';

/** The keys of the 2009 file that this server knows and does nothing with: an old file is read without complaint, and told why. */
export const withoutEffect: readonly ConfigKey[] = [
  key('Aliases', 'dict', {}, 'Further folders to serve.', 'it serves calendars only, from DocumentRoot'),
  key('MaximumAttachmentSize', 'integer', 1_048_576, 'Bytes an attachment may have.', 'MaxResourceSize holds for every file'),
  key('MaxInstancesForRRULE', 'integer', 400, 'Instances a recurrence may have.', 'MaxAllowedInstances has taken its place'),
  key('DirectoryService.params.node', 'string', '/Search', 'Open Directory’s search node.', 'accounts come from accounts.xml'),
  key('DirectoryService.params.restrictEnabledRecords', 'boolean', false, 'Open Directory.', 'accounts come from accounts.xml'),
  key('DirectoryService.params.restrictToGroup', 'string', '', 'Open Directory.', 'accounts come from accounts.xml'),
  key('DirectoryService.params.cacheTimeout', 'integer', 30, 'Open Directory.', 'a change of accounts.xml is noticed at once'),
  key('SudoersFile', 'path', 'conf/sudoers.plist', 'Who may act as another.', 'AdminPrincipals have every right already'),
  key('EnableProxyPrincipals', 'boolean', true, 'Delegation by calendar-proxy groups.', 'these groups are always there'),
  key('Authentication.Digest.Algorithm', 'string', 'md5', 'The Digest algorithm.', 'Algorithms has taken its place'),
  key('Authentication.Digest.Qop', 'string', '', 'Digest’s quality of protection.', 'RFC 7616 demands qop=auth'),
  key('Authentication.Kerberos.Enabled', 'boolean', false, 'Kerberos.', 'this version has Basic and Digest only'),
  key('Authentication.Kerberos.ServicePrincipal', 'string', '', 'Kerberos.', 'this version has Basic and Digest only'),
  key('Authentication.Wiki', 'dict', {}, 'Accounts of Apple’s wiki server.', 'that server is no longer made'),
  key('LogLevels', 'dict', {}, 'Log level for each Python module.', 'DefaultLogLevel holds for all'),
  key('AccountingCategories', 'dict', {}, 'Traces of invitations.', 'the error log says what could not be delivered'),
  key('AccountingPrincipals', 'strings', [], 'Accounts to trace.', 'the error log says what could not be delivered'),
  key('AccountingLogRoot', 'path', 'logs/accounting', 'Folder of the traces.', 'the error log says what could not be delivered'),
  key(
    'SSLPassPhraseDialog',
    'path',
    '',
    'Program that tells the key’s pass phrase.',
    'the key file is read without one; its mode guards it',
  ),
  key('MultiProcess.MinProcessCount', 'integer', 4, 'The fewest workers.', 'ProcessCount says how many, 0 one for each core'),
  key('MultiProcess.LoadBalancer', 'dict', {}, 'The balancer in front of the workers.', 'the workers share the ports themselves'),
  key('MultiProcess.StaggeredStartup', 'dict', {}, 'A pause between workers’ starts.', 'they start in a fraction of a second'),
  key('EnableDropBox', 'boolean', false, 'Attachments in drop boxes.', 'this version has no drop boxes'),
  key('EnableSACLs', 'boolean', false, 'Service access lists of Mac OS X Server.', 'that system is no longer made'),
  key(
    'Scheduling.CalDAV.OldDraftCompatibility',
    'boolean',
    true,
    'Clients of an old draft.',
    'no client of today speaks the drafts before RFC 6638',
  ),
  key(
    'Scheduling.CalDAV.ScheduleTagCompatibility',
    'boolean',
    true,
    'Clients without schedule tags.',
    'If-Match and If-Schedule-Tag-Match mean what their RFCs say',
  ),
  key(
    'Scheduling.iSchedule',
    'dict',
    {},
    'Invitations between servers.',
    'its draft became no RFC; people elsewhere are invited by e-mail',
  ),
  key(
    'Scheduling.Options.AllowGroupAsOrganizer',
    'boolean',
    false,
    'Groups that invite.',
    'a group has no calendar to invite from',
  ),
  key('Notifications', 'dict', {}, 'Pushing changes by XMPP.', 'no client speaks it any more'),
  key(
    'UIDReservationTimeOut',
    'integer',
    1800,
    'Seconds a UID stayed reserved.',
    'a PUT is one transaction and reserves nothing',
  ),
  key('ProxyDBService', 'dict', {}, 'The database of delegations.', 'it lies in DataRoot'),
  key('ProxyLoadFromFile', 'path', '', 'Delegations to load at a start.', 'accounts.xml holds them'),
  key('ResponseCacheTimeout', 'integer', 30, 'Minutes an answer was kept.', 'an answer is proven fresh each time'),
  key('Twisted', 'dict', {}, 'Where twistd lies.', python),
  key('PythonDirector', 'dict', {}, 'The load balancer.', python),
  key('ThreadPoolSize', 'integer', 10, 'Threads of the reactor.', python),
];

function key(key: string, type: ConfigKey['type'], value: ConfigKey['default'], meaning: string, because: string): ConfigKey {
  return {key, type, default: value, meaning, because};
}
