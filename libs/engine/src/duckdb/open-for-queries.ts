import { StoredTable } from '../tables/stored-table.js';
import { lockForQueries } from './lockdown.js';
import { InstanceLimits, OpenInstance, attachTables, checkRowCounts, openInstance } from './open-instance.js';
import { proveLockedForQueries } from './prove-locked.js';

/**
 * The ordered start of every instance that queries run on: open, attach, check, lock, prove. Throws, with everything closed again, when
 * a file cannot be read or one attempt to break out is not refused.
 */
export async function openForQueries(
  tables: readonly StoredTable[],
  limits: InstanceLimits,
): Promise<OpenInstance> {
  const open = await openInstance(limits);
  try {
    await attachTables(open.connection, tables);
    await checkRowCounts(open.connection, tables);
    await lockForQueries(open.connection);
    await proveLockedForQueries(open.connection, tables);
    return open;
  } catch (error) {
    open.close();
    throw error;
  }
}
