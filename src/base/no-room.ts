/** The disk, or the share of it that the account may use, is full: nothing was stored. */
export class NoRoom extends Error {}
