import 'reflect-metadata'; // which @peculiar/x509 rests on
import {createPrivateKey, createPublicKey, webcrypto} from 'node:crypto';
import {isIP} from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Clients refuse a server's certificate that is valid for longer (CA/Browser Forum, Apple: 398 days). */
const leafDays = 397;

const authorityDays = 3650;
const dayMs = 86_400_000;
/** Clocks of phones differ: a certificate begins this much before it is made. */
const skewMs = 3_600_000;

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};

/** RFC 5280: a certificate authority of this server's own, which may sign certificates of servers and of no further authorities. */
export async function createAuthority(commonName: string, now = new Date()): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{CN: [clip(commonName)]}],
      ...validity(now, authorityDays),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {certificate: pem(certificate), privateKey: await exportKey(keys.privateKey)};
}

/** What a server's certificate is made of. */
export interface LeafRequest {
  readonly authority: KeyPair;
  /** Host names and IP addresses, the one that people use first. */
  readonly names: readonly string[];
  /** PEM; undefined: a new key. */
  readonly privateKey?: string;
  readonly now?: Date;
}

/** RFC 5280, RFC 9525: a certificate for a server, the names in subjectAltName, for serverAuth only, signed by the authority. */
export async function issueCertificate({authority, names, privateKey, now = new Date()}: LeafRequest): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await importKeys(authority.privateKey);
  const keys = privateKey ? await importKeys(privateKey) : await generateKeys();
  const {notBefore, notAfter} = validity(now, leafDays);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{CN: [clip(names[0]!)]}],
      issuer: issuer.subject,
      notBefore,
      notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())),
      publicKey: keys.publicKey,
      signingKey: signingKey.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map(value => ({type: isIP(value) ? 'ip' : 'dns', value}))),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(signingKey.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return {certificate: pem(certificate), privateKey: privateKey ?? (await exportKey(keys.privateKey))};
}

function validity(now: Date, days: number): {notBefore: Date; notAfter: Date} {
  const start = Math.floor(now.getTime() / 1000) * 1000 - skewMs;
  return {notBefore: new Date(start), notAfter: new Date(start + days * dayMs - 1000)};
}

function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = (bytes[0]! & 0x7f) | 0x40; // positive, and of the same length each time (RFC 5280 §4.1.2.2)
  return Buffer.from(bytes).toString('hex');
}

/** RFC 5280 appendix A.1: a common name has at most 64 characters. */
function clip(name: string): string {
  return name.slice(0, 64);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

async function importKeys(privateKey: string): Promise<webcrypto.CryptoKeyPair> {
  const own = createPrivateKey(privateKey);
  const [pkcs8, spki] = [own.export({type: 'pkcs8', format: 'der'}), createPublicKey(own).export({type: 'spki', format: 'der'})];
  return {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}
