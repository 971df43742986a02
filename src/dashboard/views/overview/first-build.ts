/** What stands where no build is yet: how to get the first one. */
import type { VNode } from 'preact';
import { html } from '../../html.ts';
import { token } from '../../api/client.ts';
import { CopyText } from '../../parts/copy.ts';
import { Empty } from '../../parts/notice.ts';
import { linkTo } from '../../route.ts';

/** The invitation. */
export function FirstBuild(): VNode {
  const who = token.get() === undefined ? '' : ` -H "Authorization: Bearer $DRYDOCK_TOKEN"`;
  const verify = `tar -cz . | curl${who} -H 'Content-Type: application/gzip' --data-binary @- ${location.origin}/build-verify`;
  const analyze = `curl${who} -H 'Content-Type: text/plain' --data-binary @Dockerfile '${location.origin}/analyze?format=text'`;
  return html`<${Empty} title="No build yet">
    <p>
      A build is a Dockerfile that was built, run, stopped and built again, so that each row of the checklist is proven
      and not only predicted.
    </p>
    <p class="actions">
      <a class="button primary" href=${linkTo(['verify'])}>Drop a folder</a>
      <a class="button" href=${linkTo(['write'])}>Paste a Dockerfile</a>
    </p>
    <h3 class="first-or">Or from a terminal</h3>
    <p>In the folder of the Dockerfile, to have it built and proven:</p>
    <${CopyText} text=${verify} what="the command that builds" />
    <p>To have it read only, within a second:</p>
    <${CopyText} text=${analyze} what="the command that analyses" />
  <//>`;
}
