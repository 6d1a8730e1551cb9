import {html} from '../base/html.ts';
import type {Server} from './server.ts';
import {style} from './style.ts';

/** What the page tells. */
export interface PageOptions {
  readonly server: Server;
  /** Devices must first trust this server's own authority. */
  readonly authority: boolean;
  /** There is no encryption, and passwords are taken from the server's own machine only. */
  readonly localOnly: boolean;
}

/** The page for people who open the server's address in a browser: what it is, and what to type where. Nothing in it is secret. */
export function printPage({server, authority, localOnly}: PageOptions): string {
  const standard = server.port === (server.secure ? 443 : 80);
  const host = standard ? server.name : `${server.name}:${server.port}`;
  const url = `${server.secure ? 'https' : 'http'}://${host}/`;
  const typed = html`<dl>
    <dt>Server</dt><dd><code>${host}</code></dd>
    <dt>User name</dt><dd>the name of your account</dd>
    <dt>Password</dt><dd>the one you were given</dd>
  </dl>`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Calendars on ${server.name}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Calendars on ${server.name}</h1>
<p>This is a CalDAV server: it keeps calendars and tasks, and hands them to the calendar programs on your phone and computer. Add
an account there. A browser shows <a href="/calendars/">what is in your calendars</a>, and the links by which others can subscribe.</p>
${localOnly && html`<p role="note"><strong>This server has no encryption.</strong> It takes passwords only from programs on its own machine.</p>`}
<p>Its address is <code>${url}</code></p>
${
  authority &&
  html`<section aria-labelledby="trust">
<h2 id="trust">First: trust this server</h2>
<p>Its certificate comes from an authority that only this server uses, so a device has to be told once to trust it:
<a href="/ca.crt">the authority’s certificate</a>.</p>
<ul>
<li><strong>iPhone, iPad:</strong> open that link in Safari and allow the download. Then Settings, General, VPN &amp; Device Management:
install it. Then Settings, General, About, Certificate Trust Settings: switch it on.</li>
<li><strong>Mac:</strong> open the file, add it to the keychain, and set it there to <q>Always Trust</q>.</li>
<li><strong>Android:</strong> Settings, Security, Encryption &amp; credentials, Install a certificate, CA certificate.</li>
<li><strong>Thunderbird:</strong> Settings, Privacy &amp; Security, Manage Certificates, Authorities, Import.</li>
</ul>
</section>`
}
<section aria-labelledby="clients">
<h2 id="clients">${authority && 'Then: '}add the account</h2>
<h3>iPhone, iPad</h3>
<p>Settings, Apps, Calendar, Calendar Accounts, Add Account, Other, Add CalDAV Account.</p>
${typed}
${server.secure && html`<p>Or install <a href="/caldav.mobileconfig">a profile for your account</a>; log in with your name and password.</p>`}
<h3>Mac</h3>
<p>System Settings, Internet Accounts, Add Account, CalDAV account, Manual: the same user name and password, and as server
address <code>${url}</code></p>
<h3>Android (DAVx⁵)</h3>
<p>Add account, Login with URL and user name: <code>${url}</code></p>
<h3>Thunderbird</h3>
<p>New calendar, On the network: your user name, and as location <code>${url}</code></p>
<h3>Evolution, GNOME Calendar, KDE and others</h3>
<p>A CalDAV calendar or collection at <code>${url}</code>. Programs find the calendars from there on their own.</p>
</section>
</main>
</body>
</html>
`.html;
}
