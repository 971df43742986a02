/**
 * Starts the page. It is many small files, and a browser gives up on all that are under way when a network comes or goes (a laptop
 * changes rooms, an engine makes a network for a build): without a second try the page, or one of its views, would stay blank.
 */
const TRIES = 'drydock.tries';
const MOST = 5;
const PAUSE_MS = 1000;

/** Once the service answers: before, the browser's own page of errors would take the place of this one, for good. */
async function loadAgain(): Promise<void> {
  const tries = Number(sessionStorage.getItem(TRIES) ?? 0) + 1;
  sessionStorage.setItem(TRIES, String(tries));
  if (tries > MOST) {
    sessionStorage.removeItem(TRIES);
    document.body.textContent = 'The page could not be loaded. Is the service running? Load it again to try once more.';
    return;
  }
  await paused();
  while (!(await doesAnswer())) {
    // A page that stands tells it by itself, and keeps what it shows.
    if (document.querySelector('.page') === null)
      document.body.textContent = 'Drydock cannot be reached. The page comes by itself when it is back.';
    await paused();
  }
  location.reload();
}

async function doesAnswer(): Promise<boolean> {
  return await fetch('/health/live', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function paused(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

// late-view.ts says both.
addEventListener('drydock:lost', () => void loadAgain());
addEventListener('drydock:shown', () => sessionStorage.removeItem(TRIES));
import('./start.ts').catch(loadAgain);
