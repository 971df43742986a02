/** What an installation has left on the engine: what every test of builds looks at in the end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { dockerConnection } from '../../src/adapters/docker/connection.ts';

const docker = new Docker(dockerConnection(process.env));

/** Ids of the containers, networks, images and volumes of the service with that data folder; others may use the engine, too. */
export async function leftOnEngine(folder: string): Promise<readonly string[]> {
  const instance = readFileSync(join(folder, 'instance'), 'utf8').trim();
  const filters = { label: [`drydock.instance=${instance}`] };
  const [containers, networks, { Volumes: volumes }, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ all: true, filters }),
  ]);
  return [...containers, ...networks, ...images].map((one) => one.Id).concat(volumes.map((one) => one.Name));
}
