/* SPDX-License-Identifier: MIT */
/* How an html report begins: policy, style sheet, contents and conclusion. html.c writes the rest.
 */
#include "report/model.h"

#include "base/utf8.h"

/* The policy knows the style sheet by its hash. */
static const char style_hash[] = "sha256-rCq1wUNKWZxezPR5X62MElid2h3/L/8FOISUaMVBbBE=";

/* Every colour of text has a contrast of 4.5 or more to its ground (WCAG 2.1, 1.4.3), in the light
 * and in the dark. */
/* clang-format off */
static const char *const style[] = {
    "\n",
    ":root{color-scheme:light dark;--page:#f6f6f3;--paper:#ffffff;--ink:#20242a;--quiet:#59626d;",
    "--line:#dcdfe3;--link:#0a559e;--bad:#9c1022;--bad-ground:#fcecec;--doubtful:#734600;",
    "--doubtful-ground:#fdf2da;--good:#17572c;--good-ground:#e5f3e9;--plain-ground:#eef0f2}\n",
    "@media screen and (prefers-color-scheme:dark){:root{--page:#14171b;--paper:#1b1f25;",
    "--ink:#e3e6ea;--quiet:#a4adb8;--line:#363d46;--link:#8cbcf2;--bad:#ff9d9d;",
    "--bad-ground:#3b1b1f;",
    "--doubtful:#f0c264;--doubtful-ground:#342a14;--good:#82d49c;--good-ground:#15301f;",
    "--plain-ground:#2a3037}}\n",
    "*{box-sizing:border-box}\n",
    "body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:68rem;background:var(--page);",
    "color:var(--ink);font:1rem/1.55 system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif;",
    "overflow-wrap:anywhere}\n",
    "h1{margin:0;font-size:1.6rem;line-height:1.25}\n",
    "h2{margin:0 0 .75rem;font-size:1.2rem;line-height:1.3}\n",
    "h2::first-letter{text-transform:uppercase}\n",
    "h3{margin:0 0 .5rem;font-size:1rem}\n",
    ".part{margin:1.25rem 0 .35rem;font-size:.9rem;font-weight:600;color:var(--quiet)}\n",
    "p{margin:0 0 .75rem}\n",
    "a{color:var(--link);text-underline-offset:.15em}\n",
    "header p,footer,.quiet{color:var(--quiet)}\n",
    "footer{margin-top:2rem;font-size:.85rem}\n",
    "section{margin:1.25rem 0;padding:1.25rem 1.5rem;background:var(--paper);",
    "border:1px solid var(--line);border-radius:.5rem}\n",
    ".conclusion{border-left-width:.4rem}\n",
    ".conclusion p{margin:0;font-size:1.05rem}\n",
    ".conclusion.bad{border-left-color:var(--bad)}\n",
    ".conclusion.bad h2{color:var(--bad)}\n",
    ".conclusion.doubtful{border-left-color:var(--doubtful)}\n",
    ".conclusion.doubtful h2{color:var(--doubtful)}\n",
    ".conclusion.good{border-left-color:var(--good)}\n",
    ".conclusion.good h2{color:var(--good)}\n",
    "nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1rem 0 0;padding:0;",
    "list-style:none}\n",
    "table{width:100%;border-collapse:collapse;font-size:.9rem}\n",
    "th,td{padding:.3rem .75rem .3rem 0;text-align:left;vertical-align:top;",
    "border-top:1px solid var(--line)}\n",
    "th{font-weight:400}\n",
    "thead th{border-top:0;color:var(--quiet);white-space:nowrap}\n",
    ".wide{overflow-x:auto}\n",
    ".wide td,.wide tbody th{min-width:4rem}\n",
    "dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.2rem 1.25rem;",
    "margin:0 0 .75rem}\n",
    "dt{max-width:11rem;color:var(--quiet)}\n",
    "dd{margin:0;min-width:0}\n",
    "dd ul{margin:0;padding-left:1.1rem}\n",
    "#lineage>ul{margin:0 0 1rem .35rem;padding:0 0 0 1.1rem;border-left:2px solid var(--line);",
    "list-style:'\\2192\\0020'}\n",
    "code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.85em}\n",
    "pre{overflow-x:auto;padding:.75rem 1rem;background:var(--plain-ground);",
    "border-radius:.35rem}\n",
    ".badge{display:inline-block;padding:0 .5em;border:1px solid;border-radius:1em;",
    "font-size:.8rem;font-weight:600;white-space:nowrap}\n",
    ".bad.badge{color:var(--bad);background:var(--bad-ground)}\n",
    ".doubtful.badge{color:var(--doubtful);background:var(--doubtful-ground)}\n",
    ".good.badge{color:var(--good);background:var(--good-ground)}\n",
    ".plain.badge{color:var(--quiet);background:var(--plain-ground)}\n",
    ".certificate{margin:1rem 0 0;padding:1rem 0 0;border-top:1px solid var(--line)}\n",
    ".folded{margin-top:1rem;padding-top:1rem;border-top:1px solid var(--line)}\n",
    "summary{cursor:pointer;color:var(--quiet)}\n",
    ".title{color:var(--ink)}\n",
    "details[open]>summary{margin-bottom:.5rem}\n",
    ".folded .certificate{margin:.5rem 0;padding:0 0 0 1rem;border:0}\n",
    ":target{outline:2px solid var(--link);outline-offset:.35rem;border-radius:.25rem}\n",
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}\n",
    "@media (max-width:36rem){dl{grid-template-columns:1fr;gap:0}dt{margin-top:.4rem}",
    "section{padding:1rem}}\n",
    "@media print{body{max-width:none;padding:0;background:none;font-size:9.5pt}nav{display:none}",
    "section{padding:0;border:0;background:none}.conclusion{padding-left:.75rem;",
    "border-left:.3rem solid}.wide,pre{overflow:visible}pre{white-space:pre-wrap}",
    "h2,h3,.part,summary{break-after:avoid}tr,li,dd{break-inside:avoid}",
    "thead{display:table-header-group}",
    "a{color:inherit;text-decoration:none}}\n",
    "@media print{details::details-content{content-visibility:visible;display:block}}\n",
};
/* clang-format on */

/* The policy forbids everything but the one style sheet, whatever else should get into the file
 * (Content Security Policy Level 3, section 2.3.1: a source by its hash). */
static void write_head(struct pb_buffer *out, const char *version, const char *conclusion)
{
    pb_buffer_append_format(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src '%s'; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n"
        "<title>%s: pre-Heartbleed server certificates (IAM-033)</title>\n<style>",
        style_hash, conclusion);
    for (size_t i = 0; i < sizeof style / sizeof style[0]; i++)
        pb_buffer_append_string(out, style[i]);
    pb_buffer_append_format(out,
                            "</style>\n</head>\n<body>\n<header>\n"
                            "<h1>Pre-Heartbleed server certificates</h1>\n"
                            "<p>Rule IAM-033, judged by prebleed %s from saved evidence</p>\n"
                            "</header>\n",
                            version);
}

static void write_contents(struct pb_buffer *out, const struct pb_result *result)
{
    pb_buffer_append_format(
        out,
        "<nav aria-label=\"Contents\">\n<ul>\n<li><a href=\"#figures\">Figures</a></li>\n"
        "<li><a href=\"#accounts\">Accounts</a></li>\n%s"
        "<li><a href=\"#evidence\">Evidence</a></li>\n%s"
        "<li><a href=\"#rules\">Rules</a></li>\n</ul>\n</nav>\n<main>\n",
        result->key_groups->shared_count > 0 ? "<li><a href=\"#lineage\">Reused keys</a></li>\n"
                                             : "",
        result->inventory->evidence.diagnostics.items.count > 0
            ? "<li><a href=\"#diagnostics\">Diagnostics</a></li>\n"
            : "");
}

void pb_html_write_head(struct pb_report *report)
{
    static const char *const kinds[] = {
        [PB_CONCLUSION_PASS] = "good",
        [PB_CONCLUSION_FAIL] = "bad",
        [PB_CONCLUSION_INCONCLUSIVE] = "doubtful",
    };
    enum pb_conclusion conclusion = report->result->summary->conclusion;
    const char *word = pb_conclusion_word(conclusion);
    struct pb_buffer *value = pb_report_begin_value(report);
    struct pb_buffer *out = &report->sink->buffer;

    write_head(out, report->result->version, word);
    write_contents(out, report->result);
    pb_buffer_append_format(out,
                            "<section id=\"conclusion\" class=\"conclusion %s\">\n"
                            "<h2>Conclusion: %s",
                            kinds[conclusion], word);
    pb_words_uncounted(value, report->result);
    pb_escape_append(out, pb_report_take_value(report), PB_ESCAPE_MARKUP);
    pb_buffer_append_string(out, "</h2>\n<p>");
    pb_words_conclusion(pb_report_begin_value(report), report->result, "below");
    pb_escape_append(out, pb_report_take_value(report), PB_ESCAPE_MARKUP);
    pb_buffer_append_string(out, "</p>\n</section>\n");
}
