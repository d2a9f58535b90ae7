/** So much is worth a collection, which takes some milliseconds where little is in use. */
const MANY = 32_768;

/**
 * Counts small things that were made and thrown away, and has them collected in time. JavaScriptCore
 * lets as much garbage pile up as there is memory in use, and takes for that the buffers of large
 * tables too, in each thread that sees them: with a million files that is 400 MB a thread.
 */
export class Garbage {
  private count = 0;

  /** One more such thing, or several. */
  add(things = 1): void {
    this.count += things;
    if (this.count < MANY) return;
    collectGarbage(this.count);
    this.count = 0;
  }
}

/** For when so many things have just been let go of; few are left to be collected some time. */
export function collectGarbage(things: number): void {
  if (things >= MANY) Bun.gc(true);
}
