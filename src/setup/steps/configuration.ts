import {join, relative} from 'node:path';
import {fill, readTemplate} from '../../base/template.ts';
import type {PlistValue} from '../../config/key.ts';
import {printValue} from '../../config/print.ts';
import type {Plan} from '../planned.ts';
import {put} from '../put.ts';
import type {Step} from '../step.ts';

/** Writes the plist that makes this folder a server's. */
export const configuration: Step = {
  name: 'configuration',
  title: ({configFile}) => `write the configuration ${configFile}`,
  done: ({config}) => config.action === 'keep',
  async run(plan, work) {
    const values = Object.entries(configValues(plan)).map(([key, value]) => [key, printValue(value)]);
    await put(plan.config, fill(await readTemplate('caldavd-dev.plist'), Object.fromEntries(values)), work);
  },
};

/** The plist's keys and values; paths within the server's folder are relative to it, so that the folder can be moved. */
function configValues({folder, settings, admin}: Plan): Record<string, PlistValue> {
  const place = (path: string) => {
    const inside = relative(folder, path);
    return path === '' || inside.startsWith('..') ? path : inside || '.';
  };
  return {
    ServerHostName: settings.host,
    HTTPPort: settings.httpPort,
    SSLPort: settings.sslPort,
    BindAddresses: settings.bind,
    SSLCertificate: place(settings.tls.certificate),
    SSLPrivateKey: place(settings.tls.privateKey),
    SSLAuthorityChain: place(settings.tls.authority),
    DocumentRoot: place(settings.documentRoot),
    DataRoot: place(settings.dataRoot),
    'DirectoryService.params.xmlFile': place(settings.accountsFile),
    AdminPrincipals: admin ? [`/principals/users/${encodeURIComponent(admin)}/`] : [],
    UserName: settings.userName,
    AccessLogFile: place(join(settings.logDir, 'access.log')),
    ErrorLogFile: place(join(settings.logDir, 'error.log')),
    ServerStatsFile: place(join(settings.logDir, 'stats.json')),
    PIDFile: place(join(settings.runDir, 'caldavd.pid')),
    ControlSocket: place(join(settings.runDir, 'caldavd.sock')),
  };
}
