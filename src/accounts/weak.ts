/** What makes a password easy to guess, as the end of a sentence; undefined where it will do. `known`: names and addresses of its owner. */
export function weakness(password: string, known: readonly string[] = []): string | undefined {
  const plain = password.normalize('NFC').toLowerCase();
  const length = [...plain].length;
  if (length === 0) return 'is empty';
  if (length < 8) return 'is shorter than 8 characters';
  if (new Set(plain).size < 4) return 'repeats the same few characters';
  if (/^\d+$/.test(plain) && length < 12) return 'is made of digits alone';
  if (inSequence(plain)) return 'follows the keyboard or the alphabet';
  const core = plain.replace(/[^\p{L}]+$/u, '').replace(/^[^\p{L}]+/u, '');
  if (common.has(plain) || common.has(core) || common.has(unleet(core))) return 'is one of those that are tried first';
  const own = known
    .flatMap(word => [word.toLowerCase(), ...word.toLowerCase().split(/[\s@._-]+/)])
    .filter(word => word.length > 2);
  const rest = own.reduce((text, word) => text.replaceAll(word, ''), plain);
  if (rest !== plain && (rest.length < 6 || /^\P{L}*$/u.test(rest))) return 'is made of the account’s own name';
  return undefined;
}

const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop'];

/** Whether two runs of neighbouring keys or letters, forward or backward, make up the whole. */
function inSequence(text: string): boolean {
  let breaks = 0;
  for (let at = 1; at < text.length; at++) {
    const pair = text[at - 1]! + text[at]!;
    const back = text[at]! + text[at - 1]!;
    if (!rows.some(row => row.includes(pair) || row.includes(back))) breaks++;
  }
  return breaks <= 1;
}

function unleet(text: string): string {
  const letters: Record<string, string> = {
    '0': 'o',
    '1': 'l',
    '3': 'e',
    '4': 'a',
    '5': 's',
    '7': 't',
    '@': 'a',
    $: 's',
    '!': 'i',
  };
  return text.replace(/[013457@$!]/g, sign => letters[sign]!);
}

/** The words that lists of broken passwords begin with, without the digits and signs people put at their ends. */
const common = new Set(
  `password passwort passwd motdepasse contrasena parola admin administrator root toor letmein welcome willkommen changeme change
  changeit default secret geheim iloveyou ichliebedich sunshine princess football baseball basketball superman batman dragon monkey
  master shadow michael jennifer jordan hunter starwars pokemon whatever trustno computer internet server calendar caldav caldavd
  kalender test testing tester testtest temp temporary guest user login hello hallo abcabc asdfasdf qweqwe qazwsx qazwsxedc passpass
  blink freedom cheese pepper ginger charlie thomas andrea daniel jessica ashley summer winter spring autumn sommer monday`.split(
    /\s+/,
  ),
);
