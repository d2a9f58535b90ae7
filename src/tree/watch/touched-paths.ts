import type { RawPath } from "../../model/raw-path.ts";

/** More than this nobody wants to know one by one. */
const MOST_PATHS = 50_000;

/** What was touched, in the order of time. Bounded: of what was forgotten, nothing can be said. */
export class TouchedPaths {
  /** How many touches there were. */
  seq = 0;
  /** Of nothing before this is known whether it was touched. */
  private floor = 0;
  /** The newest touch of each path; a path that is touched again moves to the end. */
  private readonly paths = new Map<RawPath, number>();
  private readonly trees = new Map<RawPath, number>();

  touchPath(path: RawPath): void {
    this.touch(this.paths, path);
  }

  /** All below is to be looked at, too. */
  touchTree(path: RawPath): void {
    this.touch(this.trees, path);
  }

  /** How many paths are remembered. */
  get size(): number {
    return this.paths.size + this.trees.size;
  }

  /**
   * What was touched behind `seq`; undefined when that is not known. Forgets what was touched before:
   * who asks has an index from then, and nobody has an older one.
   */
  since(seq: number): { paths: RawPath[]; trees: RawPath[] } | undefined {
    if (seq < this.floor || seq > this.seq) return undefined;
    this.floor = seq;
    for (const touches of [this.paths, this.trees]) forgetUntil(touches, seq);
    return { paths: [...this.paths.keys()], trees: [...this.trees.keys()] };
  }

  private touch(touches: Map<RawPath, number>, path: RawPath): void {
    touches.delete(path);
    touches.set(path, ++this.seq);
    if (this.size <= MOST_PATHS) return;
    this.floor = this.seq;
    this.paths.clear();
    this.trees.clear();
  }
}

function forgetUntil(touches: Map<RawPath, number>, seq: number): void {
  for (const [path, touched] of touches) {
    if (touched > seq) return;
    touches.delete(path);
  }
}
