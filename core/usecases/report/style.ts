/** Of the report: no font, script or image comes from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--quiet:#5c6675;--line:#dfe3e8;--soft:#f5f7f9;--ok:#1f7a4d;--suspect:#9a6200;--drift:#b3261e;--none:#5c6675;--bar:#4a78c2;--ref:#1c2430}
@media (prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e6eaf0;--quiet:#9aa5b4;--line:#2b323b;--soft:#1b2027;--ok:#5cc08f;--suspect:#e0ab4f;--drift:#ff8a80;--none:#9aa5b4;--bar:#5f8fd9;--ref:#e6eaf0}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:22px;line-height:1.25;margin:0 0 4px;font-weight:650}
h2{font-size:16px;margin:40px 0 12px;font-weight:650}
p{margin:0 0 10px;max-width:72ch}
a{color:inherit;text-underline-offset:3px}
.quiet,th,dt{color:var(--quiet)}
.state{display:inline-block;font-weight:650;font-size:13px;letter-spacing:.02em;padding:2px 10px;border:1px solid currentColor;border-radius:99px}
.OK,.AS_EXPECTED,.WITHIN{color:var(--ok)}.SUSPECT,.UNCERTAIN,.MATURING{color:var(--suspect)}.DRIFT,.WORSE,.BIASED{color:var(--drift)}.WARMING_UP,.INSUFFICIENT_DATA,.NO_LABELS{color:var(--none)}
.verdict{border-left:4px solid currentColor;padding:2px 0 2px 16px;margin:20px 0}
.verdict p{color:var(--ink)}
.verdict .sentence{font-size:17px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px 24px;margin:20px 0;padding:16px;background:var(--soft);border-radius:8px}
dt{font-size:13px}dd{margin:0;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:500;font-size:13px;text-align:left;white-space:nowrap}
th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right}
.name{font-weight:600;overflow-wrap:anywhere;min-width:9em}
.histogram{width:100%;max-width:420px;height:96px;background:var(--soft);border-radius:6px}
.histogram .current{fill:var(--bar)}.histogram .reference{fill:none;stroke:var(--ref);stroke-width:1.5;vector-effect:non-scaling-stroke}
.bins{display:flex;justify-content:space-between;gap:24px;max-width:420px;margin:2px 0 0;font-size:12px;color:var(--quiet);overflow-wrap:anywhere}
.trend{width:120px;height:24px}.trend .line{fill:none;stroke:var(--bar);stroke-width:1.5}.trend .gate{stroke:var(--drift);stroke-dasharray:3 3;stroke-width:1}
.column{border-bottom:1px solid var(--line);padding:12px 0}
.column summary{cursor:pointer;display:flex;gap:14px;flex-wrap:wrap;align-items:baseline}
.column summary .says{flex:1 1 16em;color:var(--quiet)}
.column .inside{display:grid;grid-template-columns:minmax(0,420px) minmax(0,1fr);gap:24px;padding:14px 0 6px}
.statistics{font-size:13px;columns:2;column-gap:24px;margin:0;padding:0;list-style:none}
.statistics li{display:flex;justify-content:space-between;gap:12px;border-bottom:1px dotted var(--line);break-inside:avoid}
.legend{font-size:13px;color:var(--quiet);margin:4px 0 0}
.legend i{display:inline-block;width:12px;height:10px;background:var(--bar);margin-right:5px}.legend b{display:inline-block;width:14px;border-top:2px solid var(--ref);margin:0 5px 3px 14px}
footer{margin-top:48px;font-size:13px;color:var(--quiet)}
@media (max-width:640px){main{padding:20px 14px 48px}.column .inside{grid-template-columns:1fr}.statistics{columns:1}}
@media print{main{max-width:none}.column{break-inside:avoid}}
`;
