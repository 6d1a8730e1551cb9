import type {HomeId} from '../store/store.ts';
import type {DeliveriesFile} from './deliveries-file.ts';
import {type Holder, isGone} from './holder.ts';

/** A process that sees to a home and says nothing for so long is taken to be dead, though it is there. */
const claimMs = 60_000;
/** A claim is made anew when so much of its time is over. */
const renewMs = 10_000;

/** Which homes this process sees to: no other does meanwhile. */
export interface Claims {
  /** Answers whether the home is this process's to see to; what one that has died had is free. */
  take(home: HomeId): boolean;
  /** What is called again and again while it does. */
  renewing(home: HomeId): () => void;
  release(home: HomeId): void;
}

export function createClaims(file: DeliveriesFile, holder: Holder, startId: string): Claims {
  return {
    take(home) {
      if (file.claim(home, holder, claimMs)) return true;
      const other = file.claimant(home);
      if (other === undefined || !isGone(other, startId)) return false;
      file.release(home, other);
      return file.claim(home, holder, claimMs);
    },
    renewing(home) {
      let at = Date.now();
      return () => {
        if (Date.now() - at < renewMs) return;
        at = Date.now();
        file.claim(home, holder, claimMs);
      };
    },
    release: home => file.release(home, holder),
  };
}
