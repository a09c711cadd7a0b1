/** How long after opening a newer build may still be taken over: nobody has begun to type yet. */
const openingMs = 3_000;

/**
 * Quietly moves to a newer build that was fetched during an earlier visit: only while the page is opening, only when it is the
 * browser's one tab of the app. Otherwise the newer build waits until all tabs have closed.
 */
export async function takeNewerBuild(container: ServiceWorkerContainer | undefined): Promise<void> {
  if (!container?.controller) return;
  const openedAt = performance.now();
  const registration = await container.getRegistration();
  if (!registration?.waiting) return;
  container.addEventListener(
    'controllerchange',
    () => {
      if (performance.now() - openedAt < openingMs) location.reload();
    },
    { once: true },
  );
  registration.waiting.postMessage('take-over');
}
