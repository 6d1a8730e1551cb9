/** What engines search for in a time that grows with the text alone. */
const safeLength = 200;

/** Whether a text holds another. Not with `includes` alone: that takes the product of two long lengths where both are made for it. */
export function contains(text: string, sought: string): boolean {
  if (sought.length <= safeLength) return text.includes(sought);
  // Knuth, Morris and Pratt: how much of what is sought has been met already where the next character does not fit.
  const kept = new Int32Array(sought.length);
  for (let at = 1, met = 0; at < sought.length; at++) {
    while (met > 0 && sought.charCodeAt(at) !== sought.charCodeAt(met)) met = kept[met - 1]!;
    if (sought.charCodeAt(at) === sought.charCodeAt(met)) met++;
    kept[at] = met;
  }
  for (let at = 0, met = 0; at < text.length; at++) {
    while (met > 0 && text.charCodeAt(at) !== sought.charCodeAt(met)) met = kept[met - 1]!;
    if (text.charCodeAt(at) === sought.charCodeAt(met) && ++met === sought.length) return true;
  }
  return false;
}
