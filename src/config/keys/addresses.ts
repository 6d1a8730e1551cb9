import type {ConfigKey} from '../key.ts';

/** Where clients reach the server. */
export const addresses: readonly ConfigKey[] = [
  {
    key: 'ServerHostName',
    type: 'string',
    default: '',
    config: 'serverHostName',
    meaning: 'The name clients use for this server; empty: the machine’s own name.',
  },
  {key: 'HTTPPort', type: 'port', default: 0, config: 'httpPort', meaning: 'Port for HTTP without encryption; 0: off.'},
  {key: 'SSLPort', type: 'port', default: 0, config: 'sslPort', meaning: 'Port for HTTPS; 0: off.'},
  {
    key: 'RedirectHTTPToHTTPS',
    type: 'boolean',
    default: false,
    config: 'redirectHttpToHttps',
    meaning: 'Whether requests on the HTTP port are sent on to HTTPS.',
  },
  {
    key: 'StrictTransportSecuritySeconds',
    type: 'integer',
    default: 7 * 24 * 60 * 60,
    config: 'strictTransportSecuritySeconds',
    meaning:
      'Seconds for which browsers are told to come by HTTPS alone, where there is no other way in and the certificate is not this server’s own; 0: they are not told.',
  },
  {
    key: 'BindAddresses',
    type: 'addresses',
    default: [],
    config: 'bindAddresses',
    meaning: 'IP addresses to listen on; empty: all of this machine’s.',
  },
  {
    key: 'BindHTTPPorts',
    type: 'ports',
    default: [],
    config: 'bindHttpPorts',
    meaning: 'Ports to listen on for HTTP; empty: HTTPPort alone.',
  },
  {
    key: 'BindSSLPorts',
    type: 'ports',
    default: [],
    config: 'bindSslPorts',
    meaning: 'Ports to listen on for HTTPS; empty: SSLPort alone.',
  },
  {
    key: 'TrustedProxies',
    type: 'networks',
    default: [],
    config: 'trustedProxies',
    meaning: 'Addresses or blocks (10.0.0.0/8) of proxies whose Forwarded and X-Forwarded-* headers are believed.',
  },
];
