/** What a person answers or gives as an option; what is undefined is decided by the plan. */
export interface Answers {
  readonly host?: string;
  /** 0: off. */
  readonly httpPort?: number;
  readonly sslPort?: number;
  /** IP addresses to listen on. */
  readonly bind?: readonly string[];
  readonly documentRoot?: string;
  readonly dataRoot?: string;
  readonly logDir?: string;
  readonly runDir?: string;
  readonly realm?: string;
  /** Names to log in with; the two may be one. */
  readonly admin?: string;
  readonly user?: string;
  /** The account to become when root starts the server. */
  readonly runAs?: string;
  readonly tls?: TlsKind;
  /** PEM files, with `files`. */
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  /** Write anew what is there. */
  readonly force?: boolean;
}

/** A local authority and a certificate of it; the person's own files; none. */
export type TlsKind = 'own' | 'files' | 'none';

/** Passwords that were typed; the others are generated. Never stored, never printed. */
export interface Passwords {
  readonly admin?: string | undefined;
  readonly user?: string | undefined;
}
