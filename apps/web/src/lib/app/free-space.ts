import { bytesText } from '../account/settings/bytes-text.ts';
import type { CacawApp } from './cacaw-app.svelte.ts';

/** Lets go of everything the server has as well, and says what that gave. */
export async function freeSpace(app: CacawApp): Promise<void> {
  try {
    const freed = await app.cacaw.freeSpace();
    app.toasts.show(
      freed > 0 ? `${bytesText(freed)} freed. These photos are on the server.` : 'There is nothing here that is on the server as well.',
    );
  } catch (error) {
    app.report(error, 'Free space');
  }
}
