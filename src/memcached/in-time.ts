/**
 * The answer, if it comes within so many milliseconds; otherwise rejects. What has come in while this process was busy counts as in
 * time: a due timer runs before the sockets are read, so they are read once more first.
 */
export function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`it did not answer within ${ms} ms`));
    const timer = setTimeout(() => setImmediate(late), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
