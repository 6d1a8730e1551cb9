import {describe, expect, test} from 'vitest';
import {findKey, groups, keys} from '../../src/config/keys.ts';
import {inspectConfig} from '../../src/config/load.ts';

/** The keys of CalendarServer's config.py and caldavd-test.plist of 2009. */
const keys2009 =
  `ServerHostName HTTPPort SSLPort RedirectHTTPToHTTPS BindAddresses BindHTTPPorts BindSSLPorts DataRoot DocumentRoot Aliases
  UserQuota MaximumAttachmentSize MaxAttendeesPerInstance MaxInstancesForRRULE
  DirectoryService DirectoryService.type DirectoryService.params DirectoryService.params.xmlFile DirectoryService.params.node
  DirectoryService.params.restrictEnabledRecords DirectoryService.params.restrictToGroup DirectoryService.params.cacheTimeout
  AdminPrincipals ReadPrincipals SudoersFile EnableProxyPrincipals RejectClients
  EnablePrincipalListings EnableMonolithicCalendars EnableAnonymousReadRoot EnableAnonymousReadNav
  Authentication Authentication.Basic Authentication.Basic.Enabled Authentication.Digest Authentication.Digest.Enabled
  Authentication.Digest.Algorithm Authentication.Digest.Qop Authentication.Kerberos Authentication.Kerberos.Enabled
  Authentication.Kerberos.ServicePrincipal Authentication.Wiki
  AccessLogFile ErrorLogFile ServerStatsFile PIDFile RotateAccessLog MoreAccessLogData DefaultLogLevel LogLevels
  AccountingCategories AccountingPrincipals SSLCertificate SSLPrivateKey SSLAuthorityChain SSLPassPhraseDialog UserName GroupName umask
  ProcessType MultiProcess MultiProcess.ProcessCount MultiProcess.MinProcessCount MultiProcess.LoadBalancer MultiProcess.StaggeredStartup
  EnableDropBox EnablePrivateEvents EnableTimezoneService EnableSACLs
  Scheduling Scheduling.CalDAV Scheduling.CalDAV.EmailDomain Scheduling.CalDAV.HTTPDomain Scheduling.CalDAV.AddressPatterns
  Scheduling.CalDAV.OldDraftCompatibility Scheduling.CalDAV.ScheduleTagCompatibility Scheduling.CalDAV.EnablePrivateComments
  Scheduling.iSchedule Scheduling.iMIP Scheduling.Options Scheduling.Options.AllowGroupAsOrganizer
  Scheduling.Options.AllowLocationAsOrganizer Scheduling.Options.AllowResourceAsOrganizer
  FreeBusyURL FreeBusyURL.Enabled FreeBusyURL.TimePeriod FreeBusyURL.AnonymousAccess Notifications
  MaxRequests ListenBacklog IdleConnectionTimeOut HTTPRetryAfter UIDReservationTimeOut ResponseCompression EnableKeepAlive Memcached
  ControlSocket Localization`.split(/\s+/);

describe('the table of keys', () => {
  test.each(keys2009)('%s of the 2009 file is known', key => {
    expect(findKey(key) !== undefined || groups.has(key)).toBe(true);
  });

  test('a key is there once, has a meaning, and is either honoured or says why not', () => {
    expect(new Set(keys.map(row => row.key)).size).toBe(keys.length);
    for (const row of keys) {
      expect(row.meaning, row.key).toMatch(/\.$/);
      expect([row.config, row.because].filter(Boolean), row.key).toHaveLength(1);
      expect(row.because ?? '', row.key).not.toMatch(/\.$/);
    }
  });

  test('no two keys go to the same place', () => {
    const places = keys.flatMap(row => row.config ?? []);
    expect(new Set(places).size).toBe(places.length);
  });

  test('every default fits its own key', () => {
    const {config, problems} = inspectConfig({file: '/f', folder: '/', text: '<plist version="1.0"><dict/></plist>'});
    expect(problems).toEqual([]);
    expect(JSON.stringify(config)).not.toContain('null');
  });
});
