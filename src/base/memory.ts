/**
 * What each process of the server may keep in memory because it may be asked for again: every cache takes its share from here, so that
 * a look at this table tells what they take together. Nothing is lost with what does not fit but time.
 */
export const shares = {
  /** Whole answers, by who asked for what. */
  answersBytes: 12 << 20,
  /** What listings say of single members. */
  printedBytes: 8 << 20,
  /** The same of runs of members that follow each other. */
  printedRunsBytes: 12 << 20,
  /** The bytes of objects. */
  objectsBytes: 6 << 20,
  busyTimesBytes: 4 << 20,
  matchesBytes: 1 << 20,
  /** Members of collections, at about 500 bytes. */
  members: 30_000,
  /** Homes open to read, at about 250 kB. */
  homesToRead: 96,
  /** Homes open to write, at about 500 kB. */
  homesToWrite: 48,
} as const;
