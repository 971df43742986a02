/** The store over any database that Kysely speaks: puts the parts together. */
import type { Kysely } from 'kysely';
import type { Sealer } from '../../use-cases/ports.ts';
import type { Store } from '../../use-cases/store-port.ts';
import { makeAnalyses } from './analyses.ts';
import { answered } from './answered.ts';
import { makeBuildCancel } from './build-cancel.ts';
import { makeBuildEntry } from './build-entry.ts';
import { makeBuildEvents } from './build-events.ts';
import { makeBuildLife } from './build-life.ts';
import { makeBuildViews } from './build-views.ts';
import { makeProjectViews } from './projects.ts';
import type { Tables } from './tables.ts';
import { makeUpkeep } from './upkeep.ts';
import { makeWebhooks } from './webhooks.ts';
import { makeWorkers } from './workers.ts';

/**
 * Makes a store from an open database with all migrations applied. It owns the database from now on.
 * @param giveBack  returns free pages to the disk
 */
export function makeStore(db: Kysely<Tables>, sealer: Sealer, giveBack: () => void): Store {
  return {
    ...makeAnalyses(db),
    ...makeBuildEntry(db, sealer),
    ...makeBuildLife(db, sealer),
    ...makeBuildCancel(db),
    ...makeBuildEvents(db),
    ...makeBuildViews(db),
    ...makeProjectViews(db),
    ...makeUpkeep(db, giveBack),
    ...makeWorkers(db),
    ...makeWebhooks(db, sealer),
    close: () => answered(db.destroy()),
  };
}
