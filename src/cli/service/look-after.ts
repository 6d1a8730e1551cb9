import type {Config} from '../../config/config.ts';
import {currentIdentity, planAccount} from '../../server/privileges.ts';
import type {Chosen} from './choose-service.ts';
import {planService} from './plan-service.ts';
import type {Service} from './service.ts';
import {findServiceFile, putServiceFile, removeServiceFile, requireRemovable} from './service-file.ts';

/** The service that a configuration asks for here, and its file's text. Throws UserError where root would serve. */
export async function render(
  {name, own, manager}: Chosen,
  config: Config,
  note: (sentence: string) => void,
): Promise<{service: Service; text: string}> {
  const account = own ? undefined : planAccount(config, currentIdentity(), note);
  const service = await planService(config, account, {name, own, managerVersion: await manager.version()});
  return {service, text: await manager.render(service)};
}

/** Writes the file and has the service started with the machine; answers whether anything changed. Throws UserError. */
export async function install({manager}: Chosen, text: string, folder: string, force: boolean): Promise<boolean> {
  await manager.require();
  const changed = await putServiceFile(manager.file, text, folder, force);
  if (changed || !(await manager.state()).enabled) await manager.enable();
  return changed;
}

/** Stops the service and removes its file; false: there was none. Throws UserError where it is not to be removed. */
export async function uninstall({manager}: Chosen, folder: string, force: boolean): Promise<boolean> {
  const found = findServiceFile(manager.file);
  if (found.kind === 'none') return false;
  requireRemovable(found, manager.file, folder, force);
  // On a machine without a manager nothing runs and only the file is left.
  const managed = await manager.require().then(
    () => true,
    () => false,
  );
  if (managed) await manager.disable();
  removeServiceFile(manager.file);
  if (managed) await manager.forget();
  return true;
}
