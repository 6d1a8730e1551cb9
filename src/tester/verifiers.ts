import type {Verifier} from './verifier.ts';
import {aclItems} from './verifiers/acl-items.ts';
import {addressDataMatch} from './verifiers/address-data-match.ts';
import {calendarDataMatch} from './verifiers/calendar-data-match.ts';
import {dataMatch} from './verifiers/data-match.ts';
import {dataString} from './verifiers/data-string.ts';
import {doesNotExist, exists} from './verifiers/exists.ts';
import {freeBusy} from './verifiers/free-busy.ts';
import {header} from './verifiers/header.ts';
import {jcalDataMatch, jcardDataMatch} from './verifiers/jcal-data-match.ts';
import {jsonPointerMatch} from './verifiers/json-pointer-match.ts';
import {multistatusItems} from './verifiers/multistatus-items.ts';
import {postFreeBusy} from './verifiers/post-free-busy.ts';
import {prepostcondition} from './verifiers/prepostcondition.ts';
import {propfindItems} from './verifiers/propfind-items.ts';
import {propfindValues} from './verifiers/propfind-values.ts';
import {statusCode} from './verifiers/status-code.ts';
import {xmlDataMatch} from './verifiers/xml-data-match.ts';
import {xmlElementMatch} from './verifiers/xml-element-match.ts';

/** The verifiers, by the names that scripts call them. */
export const verifiers: readonly Verifier[] = [
  statusCode,
  header,
  exists,
  doesNotExist,
  multistatusItems,
  propfindItems,
  propfindValues,
  prepostcondition,
  calendarDataMatch,
  addressDataMatch,
  jcalDataMatch,
  jcardDataMatch,
  dataMatch,
  dataString,
  xmlDataMatch,
  xmlElementMatch,
  jsonPointerMatch,
  freeBusy,
  postFreeBusy,
  aclItems,
];
