/** The page itself: what main.ts starts. */
import { render } from 'preact';
import { html } from './html.ts';
import { Shell } from './shell.ts';

render(html`<${Shell} />`, document.body);
