import type { Route } from '../http/route.ts';
import { claimRoutes } from './claim.ts';
import { collectionRoutes } from './collections.ts';
import { inviteRoutes } from './invites.ts';
import { memberRoutes } from './members.ts';
import type { SharingPorts } from './sharing.ts';

/** Everything under `/api` about collections and who is in them. */
export const sharingRoutes = (ports: SharingPorts): readonly Route[] => [
  ...collectionRoutes(ports),
  ...memberRoutes(ports),
  ...inviteRoutes(ports),
  ...claimRoutes(ports),
];
