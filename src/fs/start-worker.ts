/**
 * Starts another thread.
 *
 * @param file Of its code, from `src`: `store/audit.worker.ts`.
 */
export function startWorker(file: string): Worker {
  // In the binary all modules lie in one place; nothing is ever looked up in the current folder.
  const isCompiled = import.meta.url.includes("/$bunfs/");
  return new Worker(new URL(isCompiled ? file : `../${file}`, import.meta.url));
}
