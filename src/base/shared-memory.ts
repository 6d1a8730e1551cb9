/**
 * What the processes and machines of one installation tell each other for a while. It may forget anything at any moment, or know
 * nothing at all: whoever asks must be right without it. Nothing here rejects, and nothing takes longer than some milliseconds.
 */
export interface SharedMemory {
  /** What was last remembered under this name; undefined: nothing, or nobody can say. */
  recall(name: string): Promise<string | undefined>;
  remember(name: string, value: string, seconds: number): Promise<void>;
  /** Whether this claim of the name is the first one; undefined: nobody can say. */
  claim(name: string, seconds: number): Promise<boolean | undefined>;
  close(): void;
}
