import { rewind } from "../fs/file-io.ts";
import { isKernelTimed } from "../fs/mounts.ts";
import type { OpenedFile } from "../fs/opened-file.ts";
import type { ObjectId } from "../model/entry.ts";
import type { Progress } from "../model/progress.ts";
import type { ContentSink, FileClone } from "./content-sink.ts";
import { hashRest, readPieces, type TakenContent } from "./read-pieces.ts";

/** An open file, and what is known about it while its content is taken. */
export interface LargeFileState extends OpenedFile {
  /** Bytes, as it was last looked at. */
  readonly size: number;
  /** What it held before, perhaps. */
  readonly before: ObjectId;
  /** Whether its times are so old that any change from now on gives it others. */
  isSettled(): boolean;
  /** Looks at the file: whether nothing changed since it was last looked at. */
  isSteady(): boolean;
  /** Whether what was taken is to be kept though it changed. Throws where that is not wanted. */
  isLastTry(): boolean;
}

export interface LargeFileOptions {
  /** The open workspace. */
  readonly root: number;
  readonly sink: ContentSink;
  readonly hasIdleCore?: boolean;
  readonly progress: Progress;
}

/** Below this many bytes another thread is not worth its start. */
const WORTH_A_THREAD = 32 << 20;

/** Takes the content of large files: as a clone where blocks can be shared, else piece by piece. */
export class LargeFileReader {
  private readonly options: LargeFileOptions;
  private kernelTimed: boolean | undefined;

  constructor(options: LargeFileOptions) {
    this.options = options;
  }

  /** Takes the file, open at its beginning. Undefined when it changed meanwhile: then it is to be tried again. */
  async take(file: LargeFileState): Promise<TakenContent | undefined> {
    const clone = await this.options.sink.cloneFile(file);
    if (clone === undefined) return await this.takePieces(file);
    try {
      // The clone was made in one instant; if the times are the same around it, they are its own.
      const isSteady = file.isSteady();
      const taken = isSteady || file.isLastTry() ? await this.nameClone(clone, file) : undefined;
      // Another host's change may be in the clone before this kernel hears of it.
      const isIt = !isSteady || taken?.size === file.size || file.isLastTry();
      if (taken === undefined || !isIt) {
        clone.drop();
        return undefined;
      }
      clone.keep(taken.id);
      return taken;
    } catch (error) {
      clone.drop();
      throw error;
    }
  }

  /**
   * The name of what the clone holds. The kernel has mostly read the file itself already, and has
   * never read the clone, so the file is hashed where it must be the same: to clone it the kernel
   * wrote out what was mapped and took away the right to write there again unseen, so that each
   * change since has given the file new times, unless it still has those of a change just before.
   * Where times prove less, or have changed, the clone itself is read.
   */
  private async nameClone(clone: FileClone, file: LargeFileState): Promise<TakenContent> {
    this.kernelTimed ??= isKernelTimed(this.options.root);
    if (this.kernelTimed && file.isSettled()) {
      rewind(file.fd);
      const taken = await this.hash(file.fd, file);
      if (file.isSteady()) return taken;
    }
    return await this.hash(clone.fd, file);
  }

  private hash(fd: number, { place, size }: LargeFileState): Promise<TakenContent> {
    return hashRest({ fd, name: place.name, size, progress: this.options.progress });
  }

  /** Hands the first bytes that the file had when it was last looked at to the sink, or fewer when it ends. */
  private async takePieces(state: LargeFileState): Promise<TakenContent | undefined> {
    const { fd, size } = state;
    const { name } = state.place;
    const { progress, sink, hasIdleCore = false } = this.options;
    const isWorthIt = hasIdleCore && size >= WORTH_A_THREAD;
    const file = sink.beginFile({ before: state.before, hasIdleCore: isWorthIt });
    try {
      const done = await readPieces({ fd, name, size, progress }, size, file);
      const taken = { id: file.finish(), size: done };
      const isSteady = state.isSteady() && done === size;
      return isSteady || state.isLastTry() ? taken : undefined;
    } catch (error) {
      file.abandon();
      throw error;
    }
  }
}
