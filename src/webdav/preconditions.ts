import {dav} from '../xml/names.ts';
import {precondition} from './error.ts';

/** RFC 4918 §16. */
export const cannotModifyProtectedProperty = precondition(403, dav('cannot-modify-protected-property'));
export const noExternalEntities = precondition(403, dav('no-external-entities'));
export const propfindFiniteDepth = precondition(403, dav('propfind-finite-depth'));

export const lockTokenSubmitted = precondition(423, dav('lock-token-submitted'));
export const noConflictingLock = precondition(423, dav('no-conflicting-lock'));
export const lockTokenMatchesRequestUri = precondition(409, dav('lock-token-matches-request-uri'));
/** §9.10.6: the same where it was to be refreshed. */
export const refreshedTokenMatchesRequestUri = precondition(412, dav('lock-token-matches-request-uri'));

/** RFC 3253 §3.6: the resource has no such report. */
export const supportedReport = precondition(403, dav('supported-report'));

/** RFC 3744 §7.1.1: its content names each privilege that is missing. */
export const needPrivileges = precondition(403, dav('need-privileges'));
/** RFC 3744 §8.1.1. What is not here cannot come to pass: nothing keeps entries from denying, inverting and any order (§5.6). */
export const noAceConflict = precondition(403, dav('no-ace-conflict'));
export const noProtectedAceConflict = precondition(403, dav('no-protected-ace-conflict'));
export const noInheritedAceConflict = precondition(403, dav('no-inherited-ace-conflict'));
export const limitedNumberOfAces = precondition(403, dav('limited-number-of-aces'));
export const notSupportedPrivilege = precondition(403, dav('not-supported-privilege'));
export const recognizedPrincipal = precondition(403, dav('recognized-principal'));
export const allowedPrincipal = precondition(403, dav('allowed-principal'));
/** RFC 3744 §9.4, RFC 6578 §3.6: there is more than the answer holds. */
export const numberOfMatchesWithinLimits = precondition(507, dav('number-of-matches-within-limits'));

/** RFC 4331 §6: the home has no room left, or the disk (RFC 4918 §11.5). */
export const quotaNotExceeded = precondition(507, dav('quota-not-exceeded'));
export const sufficientDiskSpace = precondition(507, dav('sufficient-disk-space'));

/** RFC 5689 §3: no collection of this type can be made there. */
export const validResourcetype = precondition(403, dav('valid-resourcetype'));

/** RFC 6578 §3.2: the token was never issued, or is older than the change log. */
export const validSyncToken = precondition(403, dav('valid-sync-token'));
