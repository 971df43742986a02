/** Rule: a label key outside of what Docker lays down for keys. */
import { shippedStages } from '../questions/ask.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'label-key-invalid',
  item: 'labels',
  severity: 'warning',
  title: 'Label key that others own or cannot read',
  why: 'com.docker.*, io.docker.* and org.dockerproject.* are reserved for Docker, whose tools act on them. Keys with spaces, quotes or other signs cannot be asked for: filters and selectors do not take them.',
  fix: 'Use the names of the OCI, or a domain of your own in reverse: `LABEL org.opencontainers.image.title="shop"`, `com.example.team="shop"`.',
  source: 'Docker documentation, "Docker object labels", Key format guidelines.',
  aliases: ['DL3048'],
  examples: {
    bad: 'FROM python:3.12-slim\nLABEL com.docker.team="shop"\n',
    good: 'FROM python:3.12-slim\nLABEL com.example.team="shop"\n',
  },
  *check(subject) {
    for (const stage of shippedStages(subject)) {
      for (const one of stage.instructions) {
        if (one.keyword !== 'LABEL') continue;
        for (const { key } of one.pairs) {
          if (key.value === undefined || key.value === '') continue;
          const name = key.value.slice(0, 200);
          if (/^(?:com\.docker|io\.docker|org\.dockerproject)\./.test(name) && !ASKED_FOR.test(name))
            yield { at: key.span, message: `${name} is in a namespace that Docker reserves for itself.` };
          else if (!/^[\w./:-]+$/.test(name))
            yield { at: key.span, message: `The key ${name} has signs that filters and selectors do not take.` };
          else if (!/^[a-z\d](?:[a-z\d]|[.-](?=[a-z\d]))*$/i.test(name))
            yield {
              at: key.span,
              severity: 'info',
              message: `The key ${name} has more than letters, digits, single dots and hyphens.`,
            };
        }
      }
    }
  },
});

/** What Docker itself asks image authors to set. */
const ASKED_FOR = /^com\.docker\.(?:extension|desktop|image\.source|official-images|volume|network|compose)\b/;
