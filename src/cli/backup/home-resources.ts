import {type ReadEntry, wholeOf} from '../../archive/read-tar.ts';
import {keptFrom, type Texts, unpackAttributes} from '../../store/file/attributes.ts';
import {attributesHere, isSideFile, resourceAt, sideFileOwner} from '../../store/file/restore-home.ts';
import type {Path} from '../../store/store.ts';
import type {Name} from '../../xml/names.ts';

/** A resource as a backup has it. */
export interface BackedUp {
  readonly path: Path;
  readonly resourceId: string | undefined;
  /** Of a collection: what DAV:resourcetype holds beside DAV:collection. Undefined: it is an object. */
  readonly types: readonly Name[] | undefined;
  readonly properties: ReadonlyMap<Name, string>;
  readonly bytes: Uint8Array;
}

/** Makes resources of a home's entries as they come; each is handed on when the next one shows that it is complete. */
export class HomeResources {
  readonly #take: (resource: BackedUp) => Promise<void>;
  #held: {path: Path; folder: boolean; texts: Texts; bytes: Uint8Array} | undefined;

  constructor(take: (resource: BackedUp) => Promise<void>) {
    this.#take = take;
  }

  /** What is no resource, such as a file put aside, is passed over. */
  async add(diskPath: string, entry: ReadEntry): Promise<void> {
    if (isSideFile(diskPath)) {
      const owner = sideFileOwner(diskPath, (await wholeOf(entry)).toString());
      if (this.#held && owner?.path === this.#held.path) this.#held.texts = new Map([...this.#held.texts, ...owner.texts]);
      return;
    }
    const path = resourceAt(diskPath);
    if (path === undefined) return;
    await this.end();
    const {folder, attributes} = entry;
    const bytes = folder ? new Uint8Array() : new Uint8Array(await wholeOf(entry));
    this.#held = {path, folder, texts: unpackAttributes(attributesHere(attributes)), bytes};
  }

  async end(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    const {resourceId, types, properties} = keptFrom(held.texts);
    await this.#take({path: held.path, resourceId, types: held.folder ? types : undefined, properties, bytes: held.bytes});
  }
}
