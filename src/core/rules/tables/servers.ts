/**
 * One table of servers: how each is called, how host and port are given, what they are when nobody says, and what makes it a
 * server for development. Rules ask listening.ts, which reads command lines with this table; a new server is one more row.
 */
import { otherServers } from './servers/others.ts';
import { pythonServers } from './servers/python.ts';
import type { Server } from './servers/types.ts';

/** Every server that is known. The longest call wins. */
export const servers: readonly Server[] = [...pythonServers, ...otherServers];
