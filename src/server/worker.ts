import type {Socket} from 'node:net';
import {isDeepStrictEqual} from 'node:util';
import {createDirectory} from '../accounts/directory.ts';
import type {Directory} from '../accounts/principal.ts';
import {openProxiesFile, proxiesFileIn} from '../accounts/proxies-file.ts';
import type {Log} from '../base/log.ts';
import type {Config} from '../config/config.ts';
import {accessLine} from '../http/access-log.ts';
import type {Bound} from '../http/bind.ts';
import type {Application, ExchangeOptions} from '../http/exchange.ts';
import {createListener, type Listener} from '../http/listener.ts';
import type {HttpRequest} from '../http/message.ts';
import {createDeliveries} from '../scheduling/deliveries.ts';
import {deliveriesFileIn, openDeliveriesFile} from '../scheduling/deliveries-file.ts';
import {type MailRoom, prepareMail} from '../scheduling/mail/open-mail.ts';
import {claimFolder} from '../store/file/one-server.ts';
import {openFileStore, prepareFileStore} from '../store/file/store.ts';
import {type App, createApp} from './app.ts';
import {indexFile} from './indexer.ts';
import type {Material} from './material.ts';
import {prepareSharedMemory} from './memcached.ts';
import {restWhenIdle} from './memory.ts';
import {endpoints, portError} from './ports.ts';
import {measure, type WorkerStats} from './stats.ts';
import {strictTransport} from './strict-transport.ts';

export interface WorkerOptions {
  readonly material: Material;
  readonly log: Log;
  /** Takes lines of the access log. */
  access(lines: string): void;
  /** How many workers share the limits of the configuration. */
  readonly share: number;
  /** The same for all workers of one start of the server. */
  readonly startId: string;
  /** Gives up root. All modules have been loaded by then, for the account may not be able to read them. */
  readonly drop?: () => void;
  /** Binds the ports, before root is given up; otherwise a supervisor does, and hands over what it accepts. */
  readonly binds: boolean;
}

/** A worker that answers. */
export interface Worker {
  readonly bound: readonly Bound[];
  /** Serves a connection that the supervisor has accepted. */
  take(socket: Socket, tls: boolean): void;
  /** Takes what can be taken while running. Throws UserError and keeps the old where it cannot be used. */
  reload(material: Material): void;
  stats(): Promise<WorkerStats>;
  /** Writes out what a worker that has died still owed to the files, and delivers what it was to. */
  settle(): Promise<void>;
  /** Finishes what is under way, for at most `graceMs`, and lets go of the store. */
  stop(graceMs: number): Promise<void>;
}

/** Bodies of all requests together may wait in so much memory. */
const maxWaitingBytes = 256 * 1024 * 1024;

/**
 * Wires the rooms: hands each its own plain options out of `Config`, opens the store and answers on the ports. Rejects with UserError
 * where the person at the terminal can help; then nothing is left open.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const {material, log, drop, binds} = options;
  const since = Date.now();
  await prepareFileStore();
  const openShared = await prepareSharedMemory(material.config, log);
  const openMail = await prepareMail(material.config);
  await using undo = new AsyncDisposableStack();
  // What comes before the store is open waits for it.
  const {promise: opened, resolve: open} = Promise.withResolvers<App>();
  let app: App | undefined;
  const toApp: Application = Object.assign(async (request: HttpRequest) => (app ?? (await opened))(request), {
    admit: async (head: HttpRequest) => (app ?? (await opened)).admit(head),
  });
  const listener = createListener(exchangeOptions(material, toApp, options), connectionLimits(material.config), material.tls);
  undo.defer(() => listener.close(0));
  const bound = binds ? await bindAll(listener, material.config) : [];
  drop?.();
  process.umask(material.config.umask);

  let directory: Directory = createDirectory(material.accounts.realm, material.accounts.records);
  const store = await openFileStore({
    root: material.config.documentRoot,
    log,
    index: indexFile,
    startId: options.startId,
  });
  undo.defer(() => store.close());
  const claim = undo.use(await claimFolder(material.config.documentRoot, options.startId));
  const proxies = openProxiesFile(proxiesFileIn(material.config.dataRoot));
  undo.use(proxies);
  const deliveriesFile = openDeliveriesFile(deliveriesFileIn(material.config.dataRoot));
  undo.use(deliveriesFile);
  // What Scheduling.iMIP says holds from a start: a mail server is not changed under messages that are on their way.
  const mail: MailRoom = openMail(() => directory, log);
  undo.defer(() => mail.stop());
  const deliveries = createDeliveries({
    store,
    file: deliveriesFile,
    directory: () => directory,
    log,
    startId: options.startId,
    defaultTimezone: material.config.defaultTimezone,
    hostNames: [material.config.serverHostName],
    local: material.config.scheduling,
    as: principal => app!.as(principal),
    mailer: mail.office && mail,
  });
  undo.defer(() => deliveries.stop());
  const shared = openShared();
  if (shared) undo.defer(() => shared.close());
  const appFor = ({config, tls}: Material) =>
    createApp({
      config,
      directory: () => directory,
      proxies: proxies.with,
      store,
      ...(config.enableImplicitScheduling ? {duties: deliveries.duties} : {}),
      shared,
      log,
      postOffice: mail.office,
      authorityChain: tls?.authorityChain,
    });
  app = appFor(material);
  open(app);
  deliveries.start();
  mail.start(deliveries);
  const receivers = binds ? undefined : {clear: listener.receive(false), ...(material.tls ? {tls: listener.receive(true)} : {})};
  undo.move();
  const resting = restWhenIdle(() => listener.counts.requests);

  let current = material;
  let closed: Promise<void> | undefined;
  return {
    bound,
    take(socket, tls) {
      const receive = tls ? receivers?.tls : receivers?.clear;
      if (receive) receive(socket);
      else socket.destroy();
    },
    reload(next) {
      const nextDirectory = createDirectory(next.accounts.realm, next.accounts.records);
      if (next.tls) listener.updateTls(next.tls);
      directory = nextDirectory;
      // The app remembers credentials and failures: it is made anew only where the configuration is another one.
      if (!isDeepStrictEqual(next.config, current.config) || next.tls?.authorityChain !== current.tls?.authorityChain) {
        app = appFor(next);
      }
      listener.update(exchangeOptions(next, toApp, options));
      current = next;
    },
    stats: () => measure(listener, since),
    async settle() {
      await store.settle();
      deliveries.settle();
    },
    async stop(graceMs) {
      resting[Symbol.dispose]();
      await listener.close(graceMs);
      closed ??= deliveries
        .stop()
        .then(() => mail.stop())
        .then(() => store.close())
        .finally(() => {
          shared?.close();
          claim[Symbol.dispose]();
          proxies[Symbol.dispose]();
          deliveriesFile[Symbol.dispose]();
        });
      await closed;
    },
  };
}

async function bindAll(listener: Listener, config: Config): Promise<Bound[]> {
  const bound: Bound[] = [];
  for (const endpoint of endpoints(config)) {
    try {
      bound.push(await listener.listen(endpoint));
    } catch (error) {
      throw portError(error as NodeJS.ErrnoException, endpoint.host, endpoint.port);
    }
  }
  return bound;
}

function exchangeOptions({config, tls}: Material, app: Application, {log, access, share}: WorkerOptions): ExchangeOptions {
  const strict = strictTransport(config, tls);
  const {maxResourceSizeBytes} = config.limits;
  return {
    app,
    log,
    access: entry => access(accessLine(entry, config.logs.moreAccessLogData)),
    // A little more than a resource may have, so that the protocol can say max-resource-size, and room for a large multiget.
    maxBodyBytes: Math.max(2 * maxResourceSizeBytes, 10 * 1024 * 1024),
    maxRequests: Math.ceil(config.maxRequests / share),
    maxWaitingBytes: Math.ceil(maxWaitingBytes / share),
    retryAfterSeconds: config.httpRetryAfterSeconds,
    compression: config.responseCompression,
    keepAlive: config.enableKeepAlive,
    rejectClients: config.rejectClients,
    trustedProxies: config.trustedProxies,
    ...(strict ? {strictTransport: strict} : {}),
    ...(config.redirectHttpToHttps && config.sslPort > 0
      ? {redirectToTls: {host: config.serverHostName, port: config.sslPort}}
      : {}),
  };
}

function connectionLimits({idleConnectionTimeOutSeconds, maxRequests}: Config) {
  return {
    maxHeaderBytes: 32 * 1024,
    headersTimeOutMs: 20_000,
    requestTimeOutMs: 300_000,
    idleTimeOutMs: idleConnectionTimeOutSeconds * 1000,
    stallTimeOutMs: 120_000,
    maxConnections: Math.max(1000, 4 * maxRequests),
  };
}
