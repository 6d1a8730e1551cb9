import {readFile} from 'node:fs/promises';
import {hostNames} from '../../certificates/host-names.ts';
import {put} from '../put.ts';
import type {Step} from '../step.ts';

/** The authority of this server alone. It is made once: devices that trust it go on trusting it. */
export const authority: Step = {
  name: 'authority',
  applies: ({settings}) => settings.tls.kind === 'own',
  title: () => 'make a certificate authority for this server alone',
  done: ({authority}) => authority.every(({action}) => action === 'keep'),
  async run({authority: [key, certificate], settings}, work) {
    const {createAuthority} = await import('../../certificates/issue.ts');
    const made = await createAuthority(`Calendars on ${settings.host} (caldav)`);
    await put(key!, made.privateKey, work);
    await put(certificate!, made.certificate, work);
  },
};

export const certificate: Step = {
  name: 'certificate',
  applies: ({settings}) => settings.tls.kind === 'own',
  title: ({settings}) => `make a certificate for ${settings.host}`,
  done: ({certificate}) => certificate.every(({action}) => action === 'keep'),
  async run({authority: [caKey, ca], certificate: [key, certificate], settings}, work) {
    const {issueCertificate} = await import('../../certificates/issue.ts');
    const authority = {certificate: await readFile(ca!.path, 'utf8'), privateKey: await readFile(caKey!.path, 'utf8')};
    const made = await issueCertificate({authority, names: hostNames(settings.host)});
    await put(key!, made.privateKey, work);
    await put(certificate!, made.certificate, work);
  },
};
