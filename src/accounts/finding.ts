/** Something in accounts.xml that a person should mend. An error keeps the file from being used. */
export interface AccountsFinding {
  readonly level: 'error' | 'warning';
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}
