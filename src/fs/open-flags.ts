/** Where arm64 has its own numbers for these (arch/arm64/include/uapi/asm/fcntl.h). */
const isArm = process.arch === "arm64";

/** Flags of open(2): asm-generic/fcntl.h. */
export const O_RDONLY = 0;
export const O_WRONLY = 0o1;
export const O_RDWR = 0o2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DIRECTORY: number = isArm ? 0o40000 : 0o200000;
export const O_NOFOLLOW: number = isArm ? 0o100000 : 0o400000;
export const O_CLOEXEC = 0o2000000;
/** Only a place in the tree of names: neither read nor written. */
export const O_PATH = 0o10000000;
/** A file without a name, gone once it is closed. */
export const O_TMPFILE: number = 0o20000000 | O_DIRECTORY;
