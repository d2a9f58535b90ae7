/** Methods of Buffer that the type packages leave out: `toString` without looking at its arguments. */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  hexSlice(start?: number, end?: number): string;
}
