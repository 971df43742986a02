/** Rule: the database is migrated each time a container starts. */
import { normalWords } from '../questions/listening.ts';
import { mainCommand, placeOf, startedCommands } from '../questions/start-commands.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migrates-on-start',
  item: 'fails-fast',
  severity: 'warning',
  title: 'Migrations at each start',
  why: 'With several containers several migrate at once; a slow migration keeps the service from coming up and is killed by the health check in the middle; and a rollback of the image does not roll the database back.',
  fix: 'Migrate as a step of its own before the deployment: a job, an init container, `docker compose run --rm api alembic upgrade head`.',
  source: 'Lessons, "Patterns": avoid database migrations on each start.',
  aliases: [],
  examples: {
    bad: 'FROM python:3.12-slim\nCMD alembic upgrade head && exec uvicorn main:app --host 0.0.0.0\n',
    good: 'FROM python:3.12-slim\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
  },
  *check(subject) {
    const main = mainCommand(subject);
    for (const one of startedCommands(subject)) {
      // On its own it is a job, and behind a condition somebody decides.
      if (one === main || one.isConditional) continue;
      const words = normalWords(one.words).flatMap(({ value }) =>
        value === undefined || value.startsWith('-') ? [] : [value],
      );
      const call = CALLS.map((form) => callIn(words, form)).find((found) => found !== undefined);
      if (call === undefined) continue;
      yield { ...placeOf(one), message: `\`${call.join(' ').slice(0, 100)}\` runs at each start of a container.` };
      return;
    }
  },
});

/** The words of the form; before the last one may stand values of options: `alembic -c shop.ini upgrade`. */
function callIn(words: readonly string[], form: readonly RegExp[]): readonly string[] | undefined {
  const verb = form.at(-1);
  const first = words.slice(0, form.length - 1);
  if (!form.slice(0, -1).every((word, index) => word.test(first[index] ?? ''))) return undefined;
  const last = words.slice(form.length - 1).find((word) => verb?.test(word) === true);
  return last === undefined ? undefined : [...first, last];
}

const CALLS: readonly (readonly RegExp[])[] = [
  [/^alembic$/, /^upgrade$/],
  [/^manage\.py$|^django-admin$/, /^migrate$/],
  [/^flask$/, /^db$/, /^upgrade$/],
  [/^aerich$/, /^upgrade$/],
  [/^prisma$/, /^(?:migrate|db)$/, /^(?:deploy|dev|push)$/],
  [/^sequelize(?:-cli)?$/, /^db:migrate$/],
  [/^knex$/, /^migrate:latest$/],
  [/^typeorm(?:-ts-node-\w+)?$/, /^migration:run$/],
  [/^(?:npm|yarn|pnpm)$/, /^run$/, /^typeorm$/, /^migration:run$/],
  [/^mikro-orm$/, /^migration:up$/],
  [/^drizzle-kit$/, /^(?:migrate|push)$/],
  [/^(?:rails|rake)$/, /^db:(?:migrate|prepare|setup)$/],
  [/^artisan$/, /^migrate(?::fresh)?$/],
  [/^diesel$/, /^migration$/, /^run$/],
  [/^sqlx$/, /^migrate$/, /^run$/],
  [/^(?:flyway)$/, /^migrate$/],
  [/^dbmate$/, /^(?:up|migrate)$/],
  [/^goose$/, /^up$/],
  [/^migrate$/, /^up$/],
  [/^dotnet$/, /^ef$/, /^database$/, /^update$/],
  [/^mix$/, /^ecto\.migrate$/],
  [/^liquibase$/, /^update$/],
  [/^(?:npm|yarn|pnpm)$/, /^run$/, /^(?:db:)?migrat\w*(?::.*)?$/],
  [/^yarn$|^pnpm$/, /^(?:db:)?migrat\w*(?::.*)?$/],
];
