/** Where clients find the server. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly secure: boolean;
}
