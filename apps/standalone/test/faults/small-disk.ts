import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BALLAST = 'ballast';

/** A small disk that can be filled, in the memory of the machine, mounted over a folder. Needs root. */
export class SmallDisk {
  private constructor(private readonly folder: string) {}

  static mountOver(folder: string, mib: number): SmallDisk {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(mib)}m,mode=700`, 'tmpfs', folder]);
    return new SmallDisk(folder);
  }

  /** Whether disks may be mounted here; a container is often not allowed to. */
  static canBeMounted(): boolean {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-mount-'));
    try {
      SmallDisk.mountOver(folder, 1).unmount();
      return true;
    } catch {
      return false;
    } finally {
      rmdirSync(folder);
    }
  }

  /** Bytes that are free. */
  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  /** Takes all room but so many bytes. */
  async fill(leave: number): Promise<void> {
    await writeFile(join(this.folder, BALLAST), Buffer.alloc(Math.max(0, (await this.free()) - leave)));
  }

  async empty(): Promise<void> {
    await rm(join(this.folder, BALLAST), { force: true });
  }

  /** Also when somebody still holds one of its files open: it goes with the last of them. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder]);
  }
}
