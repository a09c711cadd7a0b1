import { updated } from '$app/state';
import type { CacawApp } from './cacaw-app.svelte.ts';

/** A tab that stays open asks this often by itself; it also asks when it is looked at again and when a network or the server is back. */
const asksEveryMs = 30 * 60_000;

/** Whether a newer build than this page's waits, and moving to it. The worker that keeps the app has fetched all of it by then. */
export class NewVersion {
  readonly #app: CacawApp;
  /** Undefined under an address that is not secure. */
  readonly #container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  #isReady = $state(false);
  #hasOtherTabs = $state(false);

  constructor(app: CacawApp) {
    this.#app = app;
  }

  /** A newer build is here, whole: loading it needs no network. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** It was asked for, but another tab still works with the old one, half of which would be gone. */
  get hasOtherTabs(): boolean {
    return this.#hasOtherTabs;
  }

  /** Asks now and from time to time; returns how to stop. */
  follow(): () => void {
    const listening = new AbortController();
    const { signal } = listening;
    const look = (): void => void this.look();
    void this.#watch(signal);
    look();
    addEventListener('online', look, { signal });
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look(), { signal });
    const timer = setInterval(look, asksEveryMs);
    return () => {
      listening.abort();
      clearInterval(timer);
    };
  }

  /** Asks the server for a newer build. */
  async look(): Promise<void> {
    if (this.#isReady || !navigator.onLine) return;
    const registration = await this.#container?.getRegistration();
    // A server that does not answer now is asked again.
    if (registration) await registration.update().catch(() => undefined);
    else this.#isReady = await updated.check();
  }

  /** Moves this tab to the newer build once everything begun is kept; not while another tab needs the old one. */
  async load(): Promise<void> {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    const waiting = (await this.#container?.getRegistration())?.waiting;
    if (!this.#container || !waiting) return this.#reload();
    this.#container.addEventListener('controllerchange', () => void this.#reload(), { once: true });
    const answer = new MessageChannel();
    answer.port1.onmessage = ({ data }: MessageEvent<number>) => (this.#hasOtherTabs = data > 1);
    waiting.postMessage('take-over', [answer.port2]);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const container = this.#container;
    // Nobody's page yet: what is being fetched is this very build.
    if (!container?.controller) return;
    const found = (): void => void (this.#isReady = true);
    container.addEventListener('controllerchange', found, { signal });
    const registration = await container.getRegistration();
    if (registration?.waiting) found();
    const follow = (worker: ServiceWorker | null | undefined): void =>
      worker?.addEventListener('statechange', () => worker.state === 'installed' && found(), { signal });
    follow(registration?.installing);
    registration?.addEventListener('updatefound', () => follow(registration.installing), { signal });
  }

  async #reload(): Promise<void> {
    await this.#app.settled();
    location.reload();
  }
}
