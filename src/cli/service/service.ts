import type {Config} from '../../config/config.ts';
import type {ServiceMark} from '../../server/service-mark.ts';

/** What a service's file is made of: data, so that it can be compared. Paths absolute. */
export interface Service extends ServiceMark {
  /** `caldav`: what one types to the service manager. */
  readonly name: string;
  /** One user's, which runs as that user; else the whole machine's. */
  readonly own: boolean;
  /** Who it is started as. Undefined: root, which becomes UserName by itself, because that account cannot read all it takes. */
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly pidFile: string;
  readonly errorLog: string;
  readonly umask: number;
  /** A port below 1024 is asked for. */
  readonly lowPort: boolean;
  /** What it writes to. */
  readonly writable: readonly string[];
  /** What it reads, `writable` aside. */
  readonly readable: readonly string[];
  /** systemd's, where it is known. */
  readonly managerVersion?: number;
}

/** The ports of a configuration that only root may open on most machines. */
export function hasLowPort({httpPort, sslPort, bindHttpPorts, bindSslPorts}: Config): boolean {
  const ports = [
    bindHttpPorts.length > 0 ? bindHttpPorts : [httpPort],
    bindSslPorts.length > 0 ? bindSslPorts : [sslPort],
  ].flat();
  return ports.some(port => port > 0 && port < 1024);
}

/** Whether a path is a folder or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}
