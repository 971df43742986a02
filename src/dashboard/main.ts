/**
 * Starts the page. It is many small files, and a browser gives up on all that are under way when a network comes or goes (a laptop
 * changes rooms, an engine makes a network for a build): without a second try the page, or one of its views, would stay blank.
 */
const TRIES = 'drydock.tries';
const MOST = 5;
const PAUSE_MS = 1000;

function loadAgain(): void {
  const tries = Number(sessionStorage.getItem(TRIES) ?? 0) + 1;
  sessionStorage.setItem(TRIES, String(tries));
  if (tries <= MOST) setTimeout(() => location.reload(), PAUSE_MS);
  else {
    sessionStorage.removeItem(TRIES);
    document.body.textContent = 'The page could not be loaded. Is the service running? Load it again to try once more.';
  }
}

// late-view.ts says both.
addEventListener('drydock:lost', loadAgain);
addEventListener('drydock:shown', () => sessionStorage.removeItem(TRIES));
import('./start.ts').catch(loadAgain);
