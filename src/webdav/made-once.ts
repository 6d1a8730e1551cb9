import type {StoredObject} from '../store/store.ts';

/**
 * What was made of stored objects, by the object itself (one that changes is another object, and what nobody has looked at for long is
 * one, too) and by the shape of what was asked: whatever else it follows from. In two generations: when the younger is full, the older
 * goes with what was not asked for meanwhile.
 */
export class MadeOnce<Value> {
  readonly #mostBytes: number;
  readonly #bytesOf: (value: Value) => number;
  #young = new Map<string, Map<StoredObject, Value>>();
  #old = new Map<string, Map<StoredObject, Value>>();
  #bytes = 0;

  constructor(mostBytes: number, bytesOf: (value: Value) => number) {
    this.#mostBytes = mostBytes;
    this.#bytesOf = bytesOf;
  }

  get(shape: string, stored: StoredObject): Value | undefined {
    const young = this.#young.get(shape)?.get(stored);
    if (young !== undefined) return young;
    const old = this.#old.get(shape)?.get(stored);
    if (old !== undefined) this.set(shape, stored, old);
    return old;
  }

  set(shape: string, stored: StoredObject, value: Value): void {
    if (shape.length > maxShapeLength) return;
    let made = this.#young.get(shape);
    if (!made) {
      made = new Map();
      this.#young.set(shape, made);
      this.#bytes += 2 * shape.length;
    }
    made.set(stored, value);
    this.#bytes += bytesOfEntry + this.#bytesOf(value);
    if (this.#bytes < this.#mostBytes / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#bytes = 0;
  }
}

/** Who asks for more is answered, but not remembered. */
const maxShapeLength = 4000;

/** Of the entry, and of an object that is kept by nothing else any more. */
const bytesOfEntry = 200;
