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
      const call = CALLS.find((form) => form.every((word, index) => word.test(words[index] ?? '')));
      if (call === undefined) continue;
      yield {
        ...placeOf(one),
        message: `\`${words.slice(0, call.length).join(' ').slice(0, 100)}\` runs at each start of a container.`,
      };
      return;
    }
  },
});

const CALLS: readonly (readonly RegExp[])[] = [
  [/^alembic$/, /^upgrade$/],
  [/^manage\.py$|^django-admin$/, /^migrate$/],
  [/^flask$/, /^db$/, /^upgrade$/],
  [/^aerich$/, /^upgrade$/],
  [/^prisma$/, /^(?:migrate|db)$/, /^(?:deploy|dev|push)$/],
  [/^sequelize(?:-cli)?$/, /^db:migrate$/],
  [/^knex$/, /^migrate:latest$/],
  [/^typeorm$/, /^migration:run$/],
  [/^drizzle-kit$/, /^(?:migrate|push)$/],
  [/^(?:rails|rake)$/, /^db:(?:migrate|prepare|setup)$/],
  [/^artisan$/, /^migrate(?::fresh)?$/],
  [/^diesel$/, /^migration$/, /^run$/],
  [/^sqlx$/, /^migrate$/, /^run$/],
  [/^(?:flyway)$/, /^migrate$/],
  [/^dbmate$/, /^(?:up|migrate)$/],
  [/^(?:npm|yarn|pnpm)$/, /^run$/, /^(?:db:)?migrat\w*(?::.*)?$/],
  [/^yarn$|^pnpm$/, /^(?:db:)?migrat\w*(?::.*)?$/],
];
