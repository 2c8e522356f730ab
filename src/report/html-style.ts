/** The style of the HTML report: light and dark as the reader has it, and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #f6f7f9; --card: #fff; --ink: #1c2430; --soft: #5b6675; --line: #d9dee6;
  --code: #eef1f5; --l0: #1a7f4b; --l1: #3b76c4; --l2: #b07800; --l3: #cf4a1c; --l4: #b3122f; --empty: #e3e7ed; --mark: #ffd9d2; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12161c; --card: #1a2029; --ink: #e6eaf0; --soft: #9aa6b6; --line: #2e3744; --code: #232b36;
    --l0: #4cc38a; --l1: #6ea8ee; --l2: #e0ab3c; --l3: #f5835a; --l4: #ff6b81; --empty: #2b3441; --mark: #5c2a26; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; }
h3 { font-size: .8rem; margin: 1.4rem 0 .5rem; color: var(--soft); text-transform: uppercase; letter-spacing: .06em; }
p { margin: .35rem 0; } a { color: inherit; } ul, ol { margin: .35rem 0; padding-left: 1.4rem; }
code, pre { font: .86em/1.5 ui-monospace, SFMono-Regular, Consolas, "DejaVu Sans Mono", monospace; }
code { background: var(--code); border-radius: 4px; padding: .08em .3em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 8px; padding: .5rem .75rem; margin: .5rem 0; overflow-x: auto; white-space: pre; }
pre .number { color: var(--soft); user-select: none; } mark { background: var(--mark); color: inherit; border-radius: 3px; }
.soft, .at { color: var(--soft); } .at { font-size: .9em; overflow-wrap: anywhere; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.4rem; margin: 1.25rem 0; }
.head { display: flex; gap: 1rem; align-items: center; } .head > div { min-width: 0; }
.grade { flex: none; display: inline-grid; place-items: center; width: 3rem; height: 3rem; border-radius: 10px; font-size: 1.6rem;
  font-weight: 700; color: var(--card); background: var(--soft); }
td .grade { width: 1.7rem; height: 1.7rem; font-size: 1rem; border-radius: 6px; }
.A, .B { background: var(--l0); } .C { background: var(--l2); } .D { background: var(--l3); } .E, .F { background: var(--l4); }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .4rem .6rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { white-space: nowrap; font-size: .8rem; color: var(--soft); font-weight: 600; border-top: 0; } td.score { white-space: nowrap; font-variant-numeric: tabular-nums; }
.axes td { padding: .22rem .6rem .22rem 0; border: 0; } .axes td:first-child { width: 7rem; } .axes td:nth-child(2) { width: 6.5rem; white-space: nowrap; }
.bar { display: inline-flex; gap: 3px; vertical-align: middle; margin-right: .5rem; }
.bar i { width: 14px; height: 12px; border-radius: 3px; background: var(--empty); border: 1px solid var(--line); }
.bar.l1 i.on { background: var(--l1); } .bar.l2 i.on { background: var(--l2); } .bar.l3 i.on { background: var(--l3); } .bar.l4 i.on { background: var(--l4); }
.bar i.on { border-color: transparent; } .good { color: var(--l0); }
.reach { display: block; width: 100%; height: auto; margin: .5rem 0; } .reach text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--ink); }
.reach .at { fill: var(--soft); font-size: 11px; } .reach rect { fill: var(--code); stroke: var(--line); }
.reach .start rect { fill: var(--ink); stroke: none; } .reach .start text { fill: var(--card); font-weight: 600; }
.reach path { fill: none; stroke: var(--soft); stroke-width: 1.5; opacity: .75; } .reach path.maybe { stroke-dasharray: 5 4; }
.reach path.l1 { stroke: var(--l1); } .reach path.l2 { stroke: var(--l2); } .reach path.l3 { stroke: var(--l3); } .reach path.l4 { stroke: var(--l4); }
.reach .outcome.l1 rect { stroke: var(--l1); } .reach .outcome.l2 rect { stroke: var(--l2); } .reach .outcome.l3 rect { stroke: var(--l3); } .reach .outcome.l4 rect { stroke: var(--l4); stroke-width: 2; }
details { border-top: 1px solid var(--line); padding: .5rem 0; } summary { cursor: pointer; overflow-wrap: anywhere; }
.severity { display: inline-block; min-width: 4.6rem; font-size: .78rem; font-weight: 700; text-transform: uppercase; letter-spacing: .04em; color: var(--soft); }
.critical { color: var(--l4); } .high { color: var(--l3); } .medium { color: var(--l2); } .low { color: var(--l1); }
footer { color: var(--soft); font-size: .85rem; margin-top: 2rem; }
@media (max-width: 40rem) { .axes, .axes tbody, .axes tr { display: block; } .axes tr { margin-bottom: .4rem; } .axes td { display: inline-block; padding: 0 .6rem 0 0; }
  .axes td:nth-child(3) { display: block; } .card { padding: 1rem; } }
@media print {
  :root { --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --code: #f3f3f3; --empty: #eee; --mark: #ffd9d2;
    --l0: #1a7f4b; --l1: #3b76c4; --l2: #b07800; --l3: #cf4a1c; --l4: #b3122f; }
  body { font-size: 11pt; } main { max-width: none; padding: 0; } .card { break-inside: auto; border-color: #999; }
  .head, .reach, pre, tr { break-inside: avoid; } details::details-content { content-visibility: visible; block-size: auto; }
  .grade, .bar i, .reach rect, mark { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}`;
