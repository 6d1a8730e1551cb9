import {X509Certificate} from 'node:crypto';
import type {Config} from '../config/config.ts';
import type {TlsMaterial} from '../http/listener.ts';

/**
 * RFC 6797 §6.1: what browsers are told, so that they come by TLS alone; undefined: nothing. They hold on to it, and let nobody pass by a
 * certificate they do not know, so it is said only where TLS is the rule (no port without it, or one that leads to it) and the
 * certificate is of an authority that others know: one of this server's own comes with its self-signed root. Never includeSubDomains:
 * other servers of the domain are not ours to speak for.
 */
export function strictTransport(config: Config, tls: TlsMaterial | undefined): string | undefined {
  const {strictTransportSecuritySeconds: seconds, httpPort, bindHttpPorts, redirectHttpToHttps} = config;
  const isClear = bindHttpPorts.length > 0 ? bindHttpPorts.some(port => port > 0) : httpPort > 0;
  if (seconds === 0 || !tls || (isClear && !redirectHttpToHttps) || isOwn(tls)) return undefined;
  return `max-age=${seconds}`;
}

/** Whether one that has signed itself is among the certificates. */
function isOwn({certificate, authorityChain}: TlsMaterial): boolean {
  const all = `${certificate}\n${authorityChain}`.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return all.some(pem => {
    const each = new X509Certificate(pem);
    return each.checkIssued(each);
  });
}
