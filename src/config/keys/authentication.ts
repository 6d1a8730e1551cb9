import type {ConfigKey} from '../key.ts';

/** How those who ask prove who they are. */
export const authentication: readonly ConfigKey[] = [
  {
    key: 'Authentication.Basic.Enabled',
    type: 'boolean',
    default: true,
    config: 'authentication.basic.enabled',
    meaning: 'Basic authentication: over HTTPS, and over HTTP from this machine itself.',
  },
  {
    key: 'Authentication.Basic.AllowedOverWireUnencrypted',
    type: 'boolean',
    default: false,
    config: 'authentication.basic.allowedOverWireUnencrypted',
    meaning: 'Whether Basic may be used over HTTP from other machines: everyone on the way can read the password.',
  },
  {
    key: 'Authentication.Digest.Enabled',
    type: 'boolean',
    default: false,
    config: 'authentication.digest.enabled',
    meaning: 'Digest authentication, for accounts that have a Digest hash stored.',
  },
  {
    key: 'Authentication.Digest.Algorithms',
    type: 'strings',
    default: ['SHA-256', 'MD5'],
    choices: ['SHA-256', 'MD5'],
    config: 'authentication.digest.algorithms',
    meaning: 'Digest algorithms to offer, the preferred one first.',
  },
  {
    key: 'Authentication.ChallengeDiscovery',
    type: 'boolean',
    default: true,
    config: 'authentication.challengeDiscovery',
    meaning:
      'Whether who asks who he is, without a password, is asked for one, as most clients need; off: he is nobody (RFC 5397).',
  },
];
