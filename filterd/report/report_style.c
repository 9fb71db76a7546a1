/* SPDX-License-Identifier: MIT */

/*
 * The page's looks. Colours keep a contrast of 4.5 to their ground (WCAG 2.1, 1.4.3) and never say anything alone: blue and orange, which
 * people who do not see red and green tell apart, and a word beside each.
 */

#include "report/report_html.h"

static const char words[] =
	":root{color-scheme:light dark;--bg:#fff;--ink:#1a1d21;--soft:#555c66;--line:#d6dbe1;--box:#f5f7f9;--blue:#0b5cad;--good:#17653a;"
	"--note:#8a4b00;--bad:#b3261e;--off:#c8541b;--h0:#edf0f3;--h1:#cfe0f3;--h2:#9cc3ea;--h3:#5f9bd8;--h4:#2a6fb5;--h5:#0b4278}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#14171b;--ink:#e6e9ed;--soft:#a7aeb8;--line:#363d46;--box:#1b2026;--blue:#7fb8f4;"
	"--good:#76cf9b;--note:#f0b75a;--bad:#ff8f85;--off:#f08a4b;--h0:#20262d;--h1:#18344f;--h2:#1f4d7a;--h3:#2f70b0;--h4:#5d9ddd;"
	"--h5:#aed3fb}}\n"
	"*{box-sizing:border-box}\n"
	"html{-webkit-text-size-adjust:100%}\n"
	"body{margin:0;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\","
	"\"DejaVu Sans\",sans-serif;font-variant-numeric:tabular-nums}\n"
	"main,header,footer{max-width:62rem;margin:0 auto;padding:0 1.25rem}\n"
	"header{padding-top:2.5rem}\n"
	"h1{font-size:2rem;line-height:1.15;margin:.1rem 0 .4rem;letter-spacing:-.01em}\n"
	"h2{font-size:1.25rem;line-height:1.25;margin:2.75rem 0 .5rem;padding-top:.9rem;border-top:1px solid var(--line)}\n"
	"h3{font-size:1rem;margin:0 0 .35rem}\n"
	"p{margin:.35rem 0 .75rem;max-width:46rem}\n"
	".eyebrow{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}\n"
	".small,.soft{color:var(--soft)}.small{font-size:.86rem}\n"
	"bdi{overflow-wrap:break-word}.long,code,pre{overflow-wrap:anywhere}\n"
	"code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,\"DejaVu Sans Mono\",monospace;font-size:.8rem}\n"
	"pre{white-space:pre-wrap;word-break:break-all;background:var(--box);border:1px solid var(--line);border-radius:4px;padding:.7rem .9rem;"
	"margin:.4rem 0 1rem;line-height:1.45}\n"
	"a{color:var(--blue)}a:focus-visible{outline:3px solid var(--blue);outline-offset:2px}\n"
	/* the answers */
	".answers{margin:1.4rem 0 1.2rem;border:1px solid var(--line);border-top:4px solid var(--ink);border-radius:0 0 6px 6px;"
	"background:var(--box);padding:.35rem 1.2rem}\n"
	".answers div{display:grid;grid-template-columns:14rem 1fr;gap:.1rem 1rem;padding:.7rem 0;border-top:1px solid var(--line)}\n"
	".answers div:first-child{border-top:0}\n"
	".answers dt{font-weight:600;padding-left:1.6em;text-indent:-1.6em}.answers dd{margin:0;font-size:1.05rem}\n"
	".answers dt::before{display:inline-block;width:1.6em;font-weight:700;text-indent:0}\n"
	".good dt::before{content:\"\\2713\";color:var(--good)}.note dt::before{content:\"!\";color:var(--note)}"
	".bad dt::before{content:\"\\2717\";color:var(--bad)}\n"
	".bad dd{color:var(--bad)}\n"
	".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(7rem,1fr));gap:1rem;margin:1.2rem 0 0}\n"
	".figures div{display:flex;flex-direction:column-reverse;justify-content:flex-end;border-left:2px solid var(--line);"
	"padding-left:.7rem}\n"
	".figures dt{color:var(--soft);font-size:.82rem;line-height:1.3}.figures dd{margin:0;font-size:1.45rem;line-height:1.2}\n";

static const char drawings[] =
	".pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem 2.2rem;align-items:start}\n"
	"figure{margin:.3rem 0 .8rem}svg{display:block;width:100%;height:auto}\n"
	"svg text{fill:var(--soft);font-size:11px;font-family:inherit}svg .end{text-anchor:end}svg .mid{text-anchor:middle}"
	"svg .mark{fill:var(--note);font-weight:700}\n"
	".grid{stroke:var(--line)}.axis{stroke:var(--soft)}.policy{stroke:var(--note);stroke-dasharray:3 3}\n"
	".line{fill:none;stroke:var(--blue);stroke-width:2;stroke-linejoin:round}.dot{fill:var(--blue)}.bar{fill:var(--blue)}\n"
	".h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}\n"
	"svg.cover{height:1.6rem}.on,.key-on{fill:var(--blue);background:var(--blue)}.gap,.key-gap{fill:var(--bg);background:var(--bg)}"
	".exposed,.key-exposed{fill:var(--off);background:var(--off)}.unknown,.key-unknown{fill:var(--line);background:var(--line)}\n"
	".half{max-width:34rem}.ends{max-width:none;display:flex;justify-content:space-between;gap:1rem}\n"
	".keys span{white-space:nowrap;margin-right:1.1rem}.keys i{display:inline-block;width:.9em;height:.9em;margin-right:.4em;"
	"border:1px solid var(--soft);vertical-align:-.08em}\n"
	"svg.share{width:4rem;height:.5rem;display:inline-block;vertical-align:middle;margin-left:.6rem}.track{fill:var(--h0)}\n"
	/* tables */
	"table{border-collapse:collapse;width:100%;margin:.6rem 0 1rem;font-size:.9rem}\n"
	"caption{text-align:left;color:var(--soft);font-size:.86rem;padding:0 0 .4rem}\n"
	"th,td{text-align:left;vertical-align:top;padding:.42rem .75rem .42rem 0;border-bottom:1px solid var(--line);font-weight:400}\n"
	"th:last-child,td:last-child{padding-right:0}\n"
	"thead th{font-weight:600;font-size:.82rem;border-bottom:1px solid var(--soft);vertical-align:bottom}\n"
	"tbody th{font-weight:600}.n{text-align:right}\n"
	".state-tries{color:var(--note);font-weight:600}.state-returned{color:var(--bad);font-weight:600}.state-quiet{color:var(--good)}\n"
	".tag{font-size:.78rem;border:1px solid var(--soft);border-radius:3px;padding:0 .3em;white-space:nowrap;font-weight:400}\n"
	"td code{font-size:.78rem}time,.state,.share-of{white-space:nowrap}.under{display:block;color:var(--soft)}\n"
	"footer{margin-top:3rem;padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.86rem}\n";

/* On a narrow screen each row is a block. */
static const char places[] =
	"@media screen and (max-width:44rem){\n"
	"header{padding-top:1.4rem}h1{font-size:1.6rem}.pair{grid-template-columns:1fr}.answers{padding:.2rem .9rem}\n"
	".answers div{grid-template-columns:1fr}.answers dd{padding-left:1.6em}.figures{grid-template-columns:1fr 1fr}\n"
	"table,tbody,tr,th,td,caption{display:block}thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n"
	"tr{border-top:1px solid var(--line);padding:.5rem 0}th,td{border:0;padding:.12rem 0}\n"
	"td{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.6rem}bdi{overflow-wrap:anywhere}td::before{content:attr(data-label);color:var(--soft);font-size:.82rem}\n"
	".n{text-align:left}td:empty{display:none}th.n{text-align:left}\n"
	"}\n"
	/* paper */
	"@page{size:A4;margin:14mm 13mm}\n"
	"@media print{\n"
	":root{color-scheme:light;--bg:#fff;--ink:#000;--soft:#4a5058;--line:#c9ced4;--box:#fff;--blue:#0b5cad;--good:#17653a;--note:#8a4b00;"
	"--bad:#b3261e;--off:#c8541b;--h0:#edf0f3;--h1:#cfe0f3;--h2:#9cc3ea;--h3:#5f9bd8;--h4:#2a6fb5;--h5:#0b4278}\n"
	"html{font-size:9.5pt}body{line-height:1.4;print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
	"main,header,footer{max-width:none;padding-left:0;padding-right:0}header{padding-top:0}\n"
	"h2{margin-top:1.6rem;break-after:avoid}h3,caption{break-after:avoid}\n"
	"tr,figure,.answers div,.figures,li{break-inside:avoid}thead{display:table-header-group}.answers{break-inside:avoid}\n"
	"table{font-size:8.2pt}td code,code,pre{font-size:7pt}pre{break-inside:avoid}.half{max-width:27rem}th,td{padding-top:.3rem;padding-bottom:.3rem}\n"
	".figures{grid-template-columns:repeat(4,1fr)}.screen{display:none}p{max-width:none}footer{margin-top:0;padding:0}\n"
	"}\n";

void report_write_style(struct text *t)
{
	text_put(t, words);
	text_put(t, drawings);
	text_put(t, places);
}
