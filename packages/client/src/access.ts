import type { DeviceSync } from '@cacaw/core/device';
import type { CollectionId, GoneReason, WireRole } from '@cacaw/protocol';

/** What the relay last said about our access to a collection, and that the device has stored it. */
export interface Access {
  /** Undefined until the first `joined`. */
  readonly role: WireRole | undefined;
  /** Why the collection is gone; `unknown` means the relay has none such for us, and is not stored. */
  readonly gone: GoneReason | undefined;
  noteRole(role: WireRole): void;
  noteGone(reason: GoneReason | undefined): void;
  /** Stores what the device does not know yet; undefined when it knows everything. */
  step(): (() => Promise<void>) | undefined;
}

/** Access nothing has been said about yet. */
export const createAccess = (options: { readonly collection: CollectionId; readonly device: Pick<DeviceSync, 'setAccess'> }): Access =>
  new StoredAccess(options);

class StoredAccess implements Access {
  readonly #collection: CollectionId;
  readonly #device: Pick<DeviceSync, 'setAccess'>;
  #role: WireRole | undefined;
  #gone: GoneReason | undefined;
  #storedRole: WireRole | undefined;
  #storedGone: GoneReason | undefined;

  constructor({ collection, device }: { readonly collection: CollectionId; readonly device: Pick<DeviceSync, 'setAccess'> }) {
    this.#collection = collection;
    this.#device = device;
  }

  get role(): WireRole | undefined {
    return this.#role;
  }

  get gone(): GoneReason | undefined {
    return this.#gone;
  }

  noteRole(role: WireRole): void {
    this.#role = role;
  }

  noteGone(reason: GoneReason | undefined): void {
    this.#gone = reason;
  }

  step(): (() => Promise<void>) | undefined {
    const role = this.#role;
    const gone = this.#gone;
    if (gone !== undefined && gone !== 'unknown' && gone !== this.#storedGone) return () => this.#storeGone(gone);
    return role === undefined || role === this.#storedRole ? undefined : () => this.#storeRole(role);
  }

  async #storeRole(role: WireRole): Promise<void> {
    await this.#device.setAccess(this.#collection, { role });
    this.#storedRole = role;
  }

  async #storeGone(gone: Exclude<GoneReason, 'unknown'>): Promise<void> {
    await this.#device.setAccess(this.#collection, { gone });
    this.#storedGone = gone;
  }
}
