import type { Answer, Call, Piece } from "../../repo/call-messages.ts";
import type { Desk } from "../../repo/desk.ts";
import {
  isStop,
  type Judge,
  type OpenCall,
  openServeDesk,
  takeCall,
} from "../../repo/serve-desk.ts";
import { keepPacks, restPacks } from "../../store/kept-packs.ts";
import { releaseIndexes } from "../../tree/mapped-indexes.ts";
import type { Context } from "../context.ts";
import { openRepository } from "../open-workspace.ts";

/** A command, and whoever wants it. */
export interface ServedCall extends Call {
  /** Whether nobody waits for it any more. */
  isOver(): boolean;
}

export type { Answer, Piece };

export interface ServerOptions {
  /** Carries out a command in the current folder; undefined when it turns out that only the caller can. */
  carryOut(call: ServedCall): Promise<Answer | undefined>;
}

/** How often to look whether the repository is still there. */
const LOOK_MS = 30_000;
/** A server that nobody asks anything for so long tidies up its memory. */
const REST_MS = 500;
/** A server that has become larger ends: the memory is needed elsewhere. */
const MOST_MEMORY = 512 << 20;
/** Whoever started the server holds the other end, and writes nothing. */
const STARTED_BY = 0;

/**
 * Carries out commands for others, one after the other: they are spared the start of a program, and
 * run as code that has run before. Ends with the process that started it (when stdin does). Does
 * nothing where there is a server already.
 *
 * @throws E_NO_REPOSITORY
 */
export async function runServer(ctx: Context, options: ServerOptions): Promise<void> {
  const desk = openServeDesk(openRepository(ctx).repo.layout);
  if (desk === undefined) return;
  process.chdir("/"); // Whatever file system it was started on can be unmounted.
  keepPacks();
  const stop = await serveAll(
    listen(desk, (call) => isOurs(ctx, call)),
    options,
  );
  desk[Symbol.dispose]();
  // Whoever hears that it has ended may rely on nothing being held any more.
  stop?.[Symbol.dispose]();
}

/** Returns the call that told it to stop, if one did. */
async function serveAll(
  calls: Iterable<OpenCall>,
  { carryOut }: ServerOptions,
): Promise<OpenCall | undefined> {
  for (const open of calls) {
    if (isStop(open.call)) return open;
    await serveOne(open, carryOut);
  }
  return undefined;
}

/** Whoever calls, until there is a reason to end. */
function* listen(desk: Desk, judge: Judge): Generator<OpenCall> {
  let patience = REST_MS;
  while (mayGoOn(desk)) {
    const { isCalled, ready } = desk.wait([STARTED_BY], patience);
    if (ready.includes(STARTED_BY)) return;
    if (patience === REST_MS && !isCalled) Bun.gc(true);
    patience = isCalled ? REST_MS : LOOK_MS;
    if (isCalled) yield* takeCalls(desk, judge);
  }
}

function mayGoOn(desk: Desk): boolean {
  return desk.isThere() && process.memoryUsage.rss() < MOST_MEMORY;
}

/** One, or none. */
function* takeCalls(desk: Desk, judge: Judge): Generator<OpenCall> {
  const open = takeCall(desk, judge);
  if (open !== undefined) yield open;
}

/** They change what a program is told of the world, such as the time. */
const OTHER_WORLDS = ["TZ", "LD_PRELOAD", "LD_LIBRARY_PATH"] as const;

/**
 * What another build of the program would do is not ours to say; nor what it is told elsewhere, nor
 * which bytes a word had that were no UTF-8.
 */
function isOurs({ version, program }: Context, call: Call): boolean {
  const isAlike = OTHER_WORLDS.every((name) => call.env[name] === program?.env[name]);
  return call.program === version && isAlike && !call.words.some((word) => word.includes("\ufffd"));
}

async function serveOne(given: OpenCall, carryOut: ServerOptions["carryOut"]): Promise<void> {
  using open = given;
  const call = { ...open.call, isOver: () => open.isOver() };
  const answer = await inFolderOf(open.pid, () => carryOut(call));
  if (answer !== undefined) open.reply(answer);
  releaseIndexes();
  restPacks();
}

/** In the very folder that the process stands in, whatever its name is by now. */
async function inFolderOf<Result>(
  pid: number,
  work: () => Promise<Result | undefined>,
): Promise<Result | undefined> {
  try {
    process.chdir(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // The caller has gone.
  }
  try {
    return await work();
  } finally {
    process.chdir("/");
  }
}
