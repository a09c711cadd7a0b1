/** When a page that has just opened looks for a newer build; browsers name a waiting worker only some time after the load. */
const looksAfterMs = [0, 500, 1_500, 3_000];

/**
 * Quietly moves to a newer build that an earlier visit has fetched: only while nobody has touched the page yet, and only when
 * it is the browser's one tab of the app (the newer worker looks). Otherwise it waits until a person
 * asks for it (`NewVersion`) or all tabs have closed.
 */
export async function takeNewerBuild(container: ServiceWorkerContainer | undefined): Promise<void> {
  if (!container?.controller) return;
  const registration = await container.getRegistration();
  const isUntouched = (): boolean => !navigator.userActivation?.hasBeenActive;
  let isAsked = false;
  container.addEventListener('controllerchange', () => {
    if (isAsked && isUntouched()) location.reload();
  });
  for (const afterMs of looksAfterMs) {
    setTimeout(() => {
      if (isAsked || !isUntouched() || !registration?.waiting) return;
      isAsked = true;
      registration.waiting.postMessage('take-over');
    }, afterMs);
  }
}
