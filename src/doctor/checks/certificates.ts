import {createPrivateKey, type KeyObject, X509Certificate} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {isIP} from 'node:net';
import {rootCertificates} from 'node:tls';
import {type Check, type CheckResult, fail, ok, warn} from '../check.ts';

/** TLS: the leaf signed by its authority, the key its own, the names covered, the days left; what Apple's systems refuse. */
export const certificates: Check = {
  name: 'certificates',
  what: 'TLS certificate',
  applies: ({config}) => config !== undefined,
  async run({config}) {
    const {certificate, privateKey, authorityChain} = config!.tls;
    if (certificate === '') {
      return [
        warn(
          'no certificate: passwords go over clear HTTP, and phones refuse that',
          'type `caldav setup --renew` for one of your own, or let a proxy in front speak TLS',
        ),
      ];
    }
    const texts: string[] = [];
    for (const file of [certificate, privateKey || certificate, authorityChain]) {
      try {
        texts.push(file === '' ? '' : await readFile(file, 'utf8'));
      } catch (error) {
        return [fail(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`, renew)];
      }
    }
    const [leaf, key, chain] = texts as [string, string, string];
    return judgeCertificates({leaf, key, chain, host: config!.serverHostName, now: Date.now()});
  },
};

const renew =
  'type `caldav setup --renew`, or put the right files into the plist (SSLCertificate, SSLPrivateKey, SSLAuthorityChain)';
const day = 24 * 60 * 60 * 1000;
/** RFC 5280 §4.2.1.12, id-kp-serverAuth. */
const serverAuth = '1.3.6.1.5.5.7.3.1';

/** What the three PEM files hold. Certificates may follow the leaf in its own file; `chain` may be empty. */
export interface CertificateFiles {
  readonly leaf: string;
  readonly key: string;
  readonly chain: string;
  /** The name that clients are given. */
  readonly host: string;
  readonly now: number;
}

/** Everything found wrong, or one result that says what is so. */
export function judgeCertificates({leaf: leafText, key, chain, host, now}: CertificateFiles): CheckResult[] {
  let own: X509Certificate[];
  let others: X509Certificate[];
  try {
    own = parseCertificates(leafText);
    others = [...own.slice(1), ...parseCertificates(chain)];
  } catch (error) {
    return [fail(`a certificate is damaged: ${(error as Error).message}`, renew)];
  }
  const [leaf] = own;
  if (leaf === undefined) return [fail('the certificate file holds no certificate in PEM form', renew)];
  const issuers = issuersOf(leaf, others);
  const wrong = [
    ...checkKey(leaf, key),
    ...checkNames(leaf, host),
    ...checkDates(leaf, 'the certificate', now),
    ...issuers.flatMap(issuer => [...checkDates(issuer, `its authority ${nameOf(issuer)}`, now)]),
    ...checkLifetime(leaf),
    ...checkPurpose(leaf),
    ...checkChain(leaf, issuers, others),
  ];
  if (wrong.length > 0) return wrong;
  const days = Math.floor((leaf.validToDate.getTime() - now) / day);
  const by = issuers.length > 0 ? nameOf(issuers.at(-1)!) : leaf.issuer.replaceAll('\n', ', ');
  return [ok(`for ${host}, signed by ${by}, ${days} days left`, {names: leaf.subjectAltName, daysLeft: days})];
}

function parseCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map(block => new X509Certificate(block));
}

/** The way up from the leaf as far as the files go; each really signed the one before. */
function issuersOf(leaf: X509Certificate, others: readonly X509Certificate[]): X509Certificate[] {
  const way: X509Certificate[] = [];
  for (let at = leaf; ; ) {
    const issuer = others.find(one => one !== at && !way.includes(one) && at.checkIssued(one) && at.verify(one.publicKey));
    if (issuer === undefined) return way;
    way.push(issuer);
    at = issuer;
  }
}

function* checkKey(leaf: X509Certificate, pem: string): Generator<CheckResult> {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    const locked = /ENCRYPTED/.test(pem);
    yield locked
      ? fail(
          'the private key is locked by a pass phrase',
          '`openssl pkey -in KEY -out KEY.open`, with mode 0600, and name that one in the plist',
        )
      : fail(`the private key cannot be read: ${(error as Error).message}`, renew);
    return;
  }
  if (!leaf.checkPrivateKey(key)) yield fail('the private key does not belong to the certificate', renew);
  const bits = leaf.publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < 2048) yield fail(`its RSA key has only ${bits} bits: clients want 2048`, renew);
}

function* checkNames(leaf: X509Certificate, host: string): Generator<CheckResult> {
  if (leaf.subjectAltName === undefined) {
    yield fail('the certificate has no subjectAltName: clients no longer look at the common name', renew);
  } else if (!(isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host))) {
    yield fail(
      `the certificate is for ${leaf.subjectAltName}, not for ${host}`,
      `type \`caldav setup --renew --host ${host}\`, or set ServerHostName to a name that it covers`,
      {names: leaf.subjectAltName, host},
    );
  }
}

function* checkDates(one: X509Certificate, name: string, now: number): Generator<CheckResult> {
  const from = one.validFromDate.getTime();
  const to = one.validToDate.getTime();
  const days = Math.floor((to - now) / day);
  if (now < from)
    yield fail(`${name} is valid only from ${one.validFromDate.toISOString()}`, `look at the clock; otherwise ${renew}`);
  else if (now >= to) yield fail(`${name} ran out on ${one.validToDate.toISOString().slice(0, 10)}`, renew, {daysLeft: days});
  else if (days < 14) yield warn(`${name} runs out in ${days} days`, renew, {daysLeft: days});
}

function* checkLifetime(leaf: X509Certificate): Generator<CheckResult> {
  const days = Math.round((leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / day);
  if (days > 825) yield fail(`the certificate is made for ${days} days: Apple’s systems refuse more than 825`, renew, {days});
  else if (days > 398) yield warn(`the certificate is made for ${days} days: some clients refuse more than 397`, renew, {days});
}

function* checkPurpose(leaf: X509Certificate): Generator<CheckResult> {
  if (!leaf.keyUsage?.includes(serverAuth)) {
    yield fail(
      'the certificate does not say that it is for servers (extended key usage serverAuth): Apple’s systems refuse it',
      renew,
    );
  }
}

function* checkChain(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  others: readonly X509Certificate[],
): Generator<CheckResult> {
  const top = issuers.at(-1) ?? leaf;
  if (issuers.length === 0 && isSelfSigned(leaf)) {
    yield warn('the certificate is signed by itself: every client must be told to trust it', renew);
  } else if (issuers.some(issuer => !issuer.ca)) {
    yield fail(`${nameOf(issuers.find(issuer => !issuer.ca)!)} signed it, but is no authority (basicConstraints CA)`, renew);
  } else if (issuers.length === 0 && others.length > 0) {
    yield fail(`the certificate was not signed by ${others.map(nameOf).join(' or ')}`, renew);
  } else if (!isSelfSigned(top) && !isKnownRoot(top)) {
    yield warn(
      `nothing in the files leads from ${nameOf(top)} to an authority that clients know`,
      'put the intermediate certificates that came with it into SSLAuthorityChain',
    );
  }
}

function isSelfSigned(one: X509Certificate): boolean {
  return one.checkIssued(one) && one.verify(one.publicKey);
}

function isKnownRoot(one: X509Certificate): boolean {
  return rootCertificates.some(pem => {
    const root = new X509Certificate(pem);
    return one.checkIssued(root) && one.verify(root.publicKey);
  });
}

function nameOf(one: X509Certificate): string {
  return /(?:^|\n)CN=(.*)/.exec(one.subject)?.[1] ?? one.subject.replaceAll('\n', ', ');
}
