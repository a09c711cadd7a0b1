import { untrack } from 'svelte';

const refusals: { readonly [name: string]: string } = {
  NotAllowedError: 'The browser was not allowed to use the camera. Allow it in the address bar, or use the camera app.',
  NotFoundError: 'No camera was found. Use the camera app, or choose photos.',
  NotReadableError: 'Another program is using the camera. Close it and try again.',
};

/** The device's camera while a sheet is open: its live picture, and the photos taken with it. */
export class Camera {
  #stream = $state.raw<MediaStream>();
  #problem = $state('');
  #last = $state('');
  #count = $state(0);
  #isBusy = $state(false);
  #cameras = $state.raw<readonly string[]>([]);
  /** Undefined until somebody asked for another one. */
  #chosen = $state<string | undefined>();

  /** Must be called while a component is set up. The camera is on only while `isOpen`, read reactively, says so. */
  constructor(isOpen: () => boolean) {
    $effect(() => {
      if (!isOpen()) return undefined;
      const started = this.#start(this.#chosen);
      return () => {
        void started.then((stream) => stream?.getTracks().forEach((track) => track.stop()));
        this.#stream = undefined;
      };
    });
    $effect(() => {
      if (!isOpen()) untrack(() => this.#forget());
    });
  }

  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** Why there is no picture, and what to do; empty while there is one. */
  get problem(): string {
    return this.#problem;
  }

  /** Address of the last photo taken. */
  get last(): string {
    return this.#last;
  }

  get count(): number {
    return this.#count;
  }

  get busy(): boolean {
    return this.#isBusy;
  }

  get hasOthers(): boolean {
    return this.#cameras.length > 1;
  }

  /** The next camera of the device. */
  other(): void {
    const at = this.#cameras.indexOf(this.#chosen ?? this.#stream?.getVideoTracks()[0]?.getSettings().deviceId ?? '');
    this.#chosen = this.#cameras[(at + 1) % this.#cameras.length];
  }

  /** What the camera sees now, at its full measures. */
  async take(video: HTMLVideoElement): Promise<File | undefined> {
    this.#isBusy = true;
    try {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      canvas.getContext('2d')?.drawImage(video, 0, 0);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.92));
      if (!blob) return undefined;
      this.#count += 1;
      URL.revokeObjectURL(this.#last);
      this.#last = URL.createObjectURL(blob);
      return new File([blob], `Photo ${this.#count}.jpg`, { type: blob.type });
    } finally {
      this.#isBusy = false;
    }
  }

  async #start(deviceId: string | undefined): Promise<MediaStream | undefined> {
    this.#problem = '';
    const which = deviceId === undefined ? { facingMode: 'environment' } : { deviceId };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: 4096 }, height: { ideal: 3072 } } });
      const devices = await navigator.mediaDevices.enumerateDevices();
      this.#stream = stream;
      this.#cameras = devices.filter(({ kind }) => kind === 'videoinput').map((device) => device.deviceId);
      return stream;
    } catch (error) {
      const name = error instanceof DOMException ? error.name : '';
      this.#problem = refusals[name] ?? 'The camera could not be started. Use the camera app, or choose photos.';
      return undefined;
    }
  }

  #forget(): void {
    URL.revokeObjectURL(this.#last);
    this.#last = '';
    this.#count = 0;
  }
}
