import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

const CREATE_MS = 300_000;
const DESTROY_MS = 60_000;
/** What ended is started again, then the world comes to rest. */
const VERIFY_MS = 240_000;

export interface WorldLife {
  /** A plain world unless given. */
  readonly make?: () => Promise<World>;
  /** Takes back after each test what the world's own `mend` does not know of. */
  readonly heal?: () => void | Promise<void>;
  /** Ends what was made beside the world, once that is gone. */
  readonly after?: () => void | Promise<void>;
}

/** One world for all tests of a file. After each of them everything runs again, and all invariants hold. */
export function useWorld(
  give: (world: World) => void,
  { make = () => World.create(), heal, after }: WorldLife = {},
): void {
  let world: World | undefined;
  const made = (): World => {
    if (!world) throw new Error('The world could not be made.');
    return world;
  };
  beforeAll(async () => {
    world = await make();
    give(world);
  }, CREATE_MS);
  afterAll(async () => {
    await world?.destroy();
    await after?.();
  }, DESTROY_MS);
  afterEach(async () => {
    await heal?.();
    await made().mend();
    expect(await verifyWorld(made())).toEqual([]);
  }, VERIFY_MS);
}
