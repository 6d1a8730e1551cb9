import {expect, test} from 'vitest';
import {findElements} from '../../src/tester/xml-path.ts';
import {parseXml} from '../../src/xml/parse.ts';

const root = parseXml(`<D:multistatus xmlns:D="DAV:" xmlns:X="http://x/y/">
<D:response><D:href>/a/</D:href><X:data kind="one" X:n="2">BEGIN:VCALENDAR
END:VCALENDAR
</X:data></D:response>
<D:response><D:href>/b/</D:href><X:data>["a"]</X:data><D:empty/></D:response></D:multistatus>`);
const data = '/{DAV:}multistatus/{DAV:}response/{http://x/y/}data';

test.each([
  ['/{DAV:}multistatus/{DAV:}response', 2],
  ['{DAV:}response', 2],
  ['/{DAV:}response', 0],
  ['{DAV:}response/{DAV:}href[=/a/]', 1],
  ['{DAV:}response/{DAV:}href[!/a/]', 1],
  [`${data}[*VCAL]`, 1],
  [`${data}[$VCAL]`, 1],
  [`${data}[+["a]`, 1],
  [`${data}[@kind]`, 1],
  [`${data}[@kind="one"]`, 1],
  [`${data}[@kind="two"]`, 0],
  [`${data}[@{http://x/y/}n=2]`, 1],
  [`${data}[json]`, 1],
  [`${data}[icalendar]`, 1],
  [`${data}[*a][json]`, 1],
  ['{DAV:}response[^{DAV:}href]', 2],
  ['{DAV:}response[^{DAV:}href=/b/]', 1],
  ['{DAV:}response[^{DAV:}href=/b/]/{DAV:}empty[|]', 1],
  ['{DAV:}response/{DAV:}href[|]', 0],
  ['{DAV:}response/{DAV:}href[||]', 2],
  ['{DAV:}response/{DAV:}empty/../{DAV:}href[=/b/]', 1],
])('%s is found %i times', (path, count) => {
  expect(findElements(root, path)).toHaveLength(count);
});
