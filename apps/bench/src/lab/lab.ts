import type { Filled } from '../browser/filling.ts';
import { createProfile, visit, type Profile, type Visit } from './browser.ts';
import { servePage, type PageSite } from './page-site.ts';
import { startRelaySite, type RelaySite } from './relay-site.ts';

/** A profile whose device database holds a generated inventory. */
export interface FilledProfile extends Filled {
  readonly profile: Profile;
  readonly items: number;
}

/** What scenarios share: the bundled page, filled profiles, one relay; everything is made on first use and cleaned up once. */
export interface Lab extends AsyncDisposable {
  readonly isQuick: boolean;
  readonly origin: string;
  /** The browser's own words for itself, once one was started. */
  readonly browser: string;
  log(text: string): void;
  filled(items: number): Promise<FilledProfile>;
  newProfile(): Profile;
  visit(profile: Profile): Promise<Visit>;
  relay(): Promise<RelaySite>;
}

/** Opens the lab. */
export async function openLab(options: { readonly isQuick: boolean; readonly log: (text: string) => void }): Promise<Lab> {
  return new SharedLab(await servePage(), options);
}

class SharedLab implements Lab {
  readonly isQuick: boolean;
  readonly log: (text: string) => void;
  readonly #site: PageSite;
  readonly #stack = new AsyncDisposableStack();
  readonly #filled = new Map<number, Promise<FilledProfile>>();
  #relay: Promise<RelaySite> | undefined;
  #browser = 'no browser';

  constructor(site: PageSite, { isQuick, log }: { readonly isQuick: boolean; readonly log: (text: string) => void }) {
    this.isQuick = isQuick;
    this.log = log;
    this.#site = this.#stack.use(site);
  }

  get origin(): string {
    return this.#site.origin;
  }

  get browser(): string {
    return this.#browser;
  }

  filled(items: number): Promise<FilledProfile> {
    const made = this.#filled.get(items) ?? this.#fill(items);
    this.#filled.set(items, made);
    return made;
  }

  newProfile(): Profile {
    return this.#stack.use(createProfile());
  }

  async visit(profile: Profile): Promise<Visit> {
    const one = await visit(profile, this.origin);
    this.#browser = `Chromium ${one.version}`;
    return one;
  }

  relay(): Promise<RelaySite> {
    return (this.#relay ??= this.#startRelay());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #fill(items: number): Promise<FilledProfile> {
    this.log(`filling a profile with ${items} items by the engine's own commands`);
    const profile = this.newProfile();
    await using one = await this.visit(profile);
    const filled = await one.call('fill', this.origin, items);
    return { ...filled, profile, items };
  }

  async #startRelay(): Promise<RelaySite> {
    this.log('starting PostgreSQL (fsync on) and a relay process');
    return this.#stack.use(await startRelaySite(this.origin));
  }
}
