import type {Config} from '../../config/config.ts';

/** Under which people outside find the page to answer on, by the plist; a slash at its end. */
export function replyUrl({mail, serverHostName, sslPort, bindSslPorts, httpPort, bindHttpPorts, tls}: Config): string {
  const base = mail.publicUrl || serverUrl();
  return `${base.replace(/\/*$/, '')}/reply/`;

  function serverUrl(): string {
    const secure = tls.certificate !== '';
    const port = secure ? (bindSslPorts[0] ?? sslPort) : (bindHttpPorts[0] ?? httpPort);
    const host = serverHostName.includes(':') ? `[${serverHostName}]` : serverHostName;
    return `${secure ? 'https' : 'http'}://${host}${port === (secure ? 443 : 80) ? '' : `:${port}`}`;
  }
}
