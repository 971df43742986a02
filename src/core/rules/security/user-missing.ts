/** Rule: nothing sets a user, and the base leaves root. */
import { finalBase, finalStage, givesUpRoot, knownFinalBase } from '../questions/ask.ts';
import { handsOver, toolOfImage } from '../questions/hand-over.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'user-missing',
  item: 'non-root-user',
  severity: 'error',
  title: 'No USER, so it runs as root',
  why: 'Whoever breaks into the process is root in the container: free to change its files, install tools, and one kernel bug away from the host. Clusters with a restricted policy refuse to start it.',
  fix: 'Create a user and switch to it before the command: `RUN useradd --uid 1001 app` … `USER 1001`.',
  source: 'Lessons, "Non-root".',
  aliases: ['DS-0002', 'CKV_DOCKER_3', 'CIS-DI-0001'],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD ["python", "app.py"]\n',
    good: 'FROM python:3.12-slim\nRUN useradd --uid 1001 app\nUSER 1001\nCMD ["python", "app.py"]\n',
  },
  provenBy: 'processes-not-root',
  *check(subject) {
    const stage = finalStage(subject);
    if (stage === undefined || stage.state.user !== undefined) return;
    const known = knownFinalBase(subject);
    if (known?.user === 'non-root') return;
    if (known === undefined) {
      const base = finalBase(subject);
      const image = base?.kind === 'image' ? base.reference.name : stage.from.image.raw;
      yield { cannotTell: `No USER is set here, and which user ${image} leaves is not known.` };
    } else if (givesUpRoot(subject)) {
      yield {
        at: stage.from.span,
        // A platform that looks at the image sees root; one that looks at the processes does not.
        severity: subject.profile === 'kubernetes' ? 'error' : 'info',
        message: 'No USER is set; the entrypoint of the base image starts as root and gives that up by itself.',
      };
    } else if (subject.profile !== 'kubernetes' && handsOver(subject) === 'unknown') {
      yield {
        cannotTell: `No USER is set; the image has ${toolOfImage(subject)}, and whether the script that is started hands over to another user with it stands in that script.`,
      };
    } else if (handsOver(subject) === 'yes') {
      yield {
        at: stage.from.span,
        severity: subject.profile === 'kubernetes' ? 'error' : 'info',
        message: 'No USER is set; what is started begins as root and hands over to another user by itself.',
      };
    } else {
      yield { at: stage.from.span, message: 'The final stage sets no USER, and its base image leaves root.' };
    }
  },
});
