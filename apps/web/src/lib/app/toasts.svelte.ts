/** A short message with at most one thing to do about it. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'error';
  readonly action: { readonly label: string; readonly run: () => void } | undefined;
}

export interface ToastOptions {
  readonly tone?: Toast['tone'];
  readonly action?: Toast['action'];
  readonly lastsMs?: number;
}

const shown = 3;

/** The messages on screen, newest last; each leaves by itself unless it is being read (pointer or focus on it). */
export class Toasts {
  #list = $state.raw<readonly Toast[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;

  get list(): readonly Toast[] {
    return this.#list;
  }

  show(text: string, options: ToastOptions = {}): void {
    const tone = options.tone ?? 'info';
    const id = this.#next++;
    const room = this.#list.slice(-(shown - 1));
    this.#list = [...room, { id, text, tone, action: options.action }];
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), options.lastsMs ?? (options.action || tone === 'error' ? 10_000 : 4_000)),
    );
  }

  /** Keeps a toast that is being read or reached with the keyboard. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
  }

  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), 4_000),
    );
  }

  close(id: number): void {
    this.hold(id);
    this.#timers.delete(id);
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }
}
