/** How the pages look, in light and in dark. */
export const style = {
  html: `
:root { color-scheme: light dark; }
body { font: 1.05rem/1.5 system-ui, sans-serif; margin: 0; padding: 1.5rem; }
main { max-width: 42rem; margin: 0 auto; }
h1 { font-size: 1.6rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin-top: 2rem; }
h3 { font-size: 1.05rem; margin-bottom: .25rem; }
code { overflow-wrap: anywhere; font-size: 1em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
li { margin-bottom: .5rem; }
button { font: inherit; padding: .5rem 1rem; margin-right: .5rem; }
`,
};
