/* SPDX-License-Identifier: Apache-2.0
 *
 * The report: pieces of the page are written as they come, the page is put together at the end.
 */
#include <dlrn/report.h>

#include "report/page.h"

#include <stdlib.h>
#include <string.h>

/* What the last call left open in the body. */
typedef enum open_block { OPEN_NONE, OPEN_LIST, OPEN_FIGURES, OPEN_FACTS } open_block;

struct dlrn_report {
    char *title, *subtitle;
    bool made_up;
    dlrn_str headline, warnings, summary, contents, body;
    open_block open;
    int depth; /* of the last entry of the contents: 0, 1, 2 */
    int tables, figures;
    dlrn_str ids; /* of tables, figures, sections, one a line */
};

static void add_escaped(dlrn_str *b, const char *s)
{
    for (; s && *s; s++) {
        switch (*s) {
        case '&': dlrn_str_add(b, "&amp;"); break;
        case '<': dlrn_str_add(b, "&lt;"); break;
        case '>': dlrn_str_add(b, "&gt;"); break;
        case '"': dlrn_str_add(b, "&quot;"); break;
        default: dlrn_str_addn(b, s, 1);
        }
    }
}

/* before + escaped text + after */
static void add_wrapped(dlrn_str *b, const char *before, const char *text, const char *after)
{
    dlrn_str_add(b, before);
    add_escaped(b, text);
    dlrn_str_add(b, after);
}

dlrn_status dlrn_report_new(dlrn_report **out, const char *title, const char *subtitle,
                            dlrn_error *err)
{
    *out = dlrn_alloc_array(1, sizeof **out);
    if (*out) {
        (*out)->title = dlrn_strdup(title);
        (*out)->subtitle = dlrn_strdup(subtitle ? subtitle : "");
    }
    if (*out && (*out)->title && (*out)->subtitle) return DLRN_OK;
    dlrn_report_free(*out);
    *out = NULL;
    return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a report");
}

void dlrn_report_free(dlrn_report *r)
{
    if (!r) return;
    free(r->title);
    free(r->subtitle);
    dlrn_str_clear(&r->headline);
    dlrn_str_clear(&r->warnings);
    dlrn_str_clear(&r->summary);
    dlrn_str_clear(&r->contents);
    dlrn_str_clear(&r->body);
    dlrn_str_clear(&r->ids);
    free(r);
}

void dlrn_report_made_up_weights(dlrn_report *r)
{
    r->made_up = true;
}

void dlrn_report_headline(dlrn_report *r, const char *sentence)
{
    add_wrapped(&r->headline, "<p class=\"headline\">", sentence, "</p>\n");
}

void dlrn_report_warning(dlrn_report *r, const char *text)
{
    add_wrapped(&r->warnings, "<p class=\"warning\"><b>Warning</b> ", text, "</p>\n");
}

/* Ends what is open in the body unless it is `next`, and begins that. */
static void turn_to(dlrn_report *r, open_block next)
{
    static const char *const begin[] = {"", "<ul>\n", "<div class=\"figures\">\n",
                                        "<dl class=\"facts\">\n"};
    static const char *const end[] = {"", "</ul>\n", "</div>\n", "</dl>\n"};
    if (r->open == next) return;
    dlrn_str_add(&r->body, end[r->open]);
    dlrn_str_add(&r->body, begin[next]);
    r->open = next;
}

/* An id that may stand in an attribute and a file name, once on the page. */
static dlrn_status take_id(dlrn_report *r, const char *id, dlrn_error *err)
{
    const size_t n = strlen(id);
    if (n == 0 || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") != n)
        return dlrn_fail(err, DLRN_EINVAL, "report: the id \"%s\" may hold only a-z, 0-9, _ and -",
                         id);
    for (const char *at = dlrn_str_get(&r->ids); *at; at = strchr(at, '\n') + 1)
        if (strncmp(at, id, n) == 0 && at[n] == '\n')
            return dlrn_fail(err, DLRN_EINVAL, "report: the id \"%s\" is there twice", id);
    dlrn_str_addf(&r->ids, "%s\n", id);
    return DLRN_OK;
}

/* Lists of the contents are nested; a part without a section before it counts as a section. */
static void add_entry(dlrn_report *r, const char *id, const char *heading, int level)
{
    dlrn_str *b = &r->contents;
    if (level > r->depth + 1) level = r->depth + 1;
    if (level > r->depth)
        dlrn_str_add(b, "<ol>\n");
    else
        dlrn_str_add(b, r->depth > level ? "</li>\n</ol>\n</li>\n" : "</li>\n");
    add_wrapped(b, "<li><a href=\"#", id, "\">");
    add_wrapped(b, "", heading, "</a>");
    r->depth = level;
}

void dlrn_report_section(dlrn_report *r, const char *id, const char *heading, int level)
{
    turn_to(r, OPEN_NONE);
    add_entry(r, id, heading, level);
    add_wrapped(&r->body, level == 1 ? "<h2 id=\"" : "<h3 id=\"", id, "\">");
    add_wrapped(&r->body, "", heading, level == 1 ? "</h2>\n" : "</h3>\n");
}

void dlrn_report_paragraph(dlrn_report *r, const char *text)
{
    turn_to(r, OPEN_NONE);
    add_wrapped(&r->body, "<p>", text, "</p>\n");
}

void dlrn_report_item(dlrn_report *r, const char *text)
{
    turn_to(r, OPEN_LIST);
    add_wrapped(&r->body, "<li>", text, "</li>\n");
}

void dlrn_report_fact(dlrn_report *r, const char *name, const char *value)
{
    turn_to(r, OPEN_FACTS);
    add_wrapped(&r->body, "<dt>", name, "</dt>");
    add_wrapped(&r->body, "<dd>", value, "</dd>\n");
}

/* ---- tables ---- */

static const char *class_of(dlrn_align a)
{
    return a == DLRN_ALIGN_RIGHT ? " class=\"r\"" : a == DLRN_ALIGN_CENTRE ? " class=\"c\"" : "";
}

static void add_head(dlrn_str *b, const dlrn_report_table *t)
{
    dlrn_str_add(b, "<thead><tr>");
    for (size_t k = 0; k < t->n_columns; k++) {
        const dlrn_report_column *c = &t->columns[k];
        dlrn_str_addf(b, "<th scope=\"col\"%s>", class_of(c->align));
        add_escaped(b, c->head);
        if (c->unit) add_wrapped(b, " <small>", c->unit, "</small>");
        if (c->mark) add_wrapped(b, "<sup>", c->mark, "</sup>");
        dlrn_str_add(b, "</th>");
    }
    dlrn_str_add(b, "</tr></thead>\n");
}

static void add_rows(dlrn_str *b, const dlrn_report_table *t)
{
    dlrn_str_add(b, "<tbody>\n");
    for (size_t i = 0; i < t->n_rows; i++) {
        const char *const *cells = t->cells + i * t->n_columns;
        if (t->group && t->group[i]) {
            dlrn_str_addf(b, "<tr class=\"group\"><th scope=\"colgroup\" colspan=\"%zu\">",
                          t->n_columns);
            add_wrapped(b, "", cells[0], "</th></tr>\n");
            continue;
        }
        dlrn_str_add(b, "<tr>");
        for (size_t k = 0; k < t->n_columns; k++) {
            dlrn_str_addf(b, "<td%s>", class_of(t->columns[k].align));
            add_wrapped(b, "", cells[k] ? cells[k] : "–", "</td>");
        }
        dlrn_str_add(b, "</tr>\n");
    }
    dlrn_str_add(b, "</tbody></table></div>\n");
}

static bool has_groups(const dlrn_report_table *t)
{
    for (size_t i = 0; t->group && i < t->n_rows; i++)
        if (t->group[i]) return true;
    return false;
}

static dlrn_status add_table(dlrn_report *r, dlrn_str *b, const dlrn_report_table *t,
                             dlrn_error *err)
{
    if (t->n_columns == 0)
        return dlrn_fail(err, DLRN_EINVAL, "report: the table %s has no column", t->id);
    const dlrn_status st = take_id(r, t->id, err);
    if (st != DLRN_OK) return st;
    // A table of more than a page may be cut when printed; a shorter one stays whole.
    dlrn_str_addf(b, "<div class=\"table%s\" id=\"%s\"><div class=\"scroll\">",
                  t->n_rows > 30 ? " long" : "", t->id);
    // Sorting would tear rows from the heading that they stand under.
    dlrn_str_addf(b, "<table%s>\n", t->n_rows > 1 && !has_groups(t) ? " class=\"sort\"" : "");
    dlrn_str_addf(b, "<caption><b>Table %d.</b> ", ++r->tables);
    add_wrapped(b, "", t->title, "</caption>\n");
    add_head(b, t);
    add_rows(b, t);
    if (t->n_notes) dlrn_str_add(b, "<ul class=\"notes\">\n");
    for (size_t i = 0; i < t->n_notes; i++)
        add_wrapped(b, "<li>", t->notes[i], "</li>\n");
    if (t->n_notes) dlrn_str_add(b, "</ul>\n");
    if (t->csv) add_wrapped(b, "<p class=\"save\"><a href=\"", t->csv, "\" download>CSV</a></p>\n");
    dlrn_str_add(b, "</div>\n");
    return DLRN_OK;
}

dlrn_status dlrn_report_summary(dlrn_report *r, const dlrn_report_table *t, dlrn_error *err)
{
    return add_table(r, &r->summary, t, err);
}

dlrn_status dlrn_report_table_add(dlrn_report *r, const dlrn_report_table *t, dlrn_error *err)
{
    turn_to(r, OPEN_NONE);
    return add_table(r, &r->body, t, err);
}

/* ---- figures ---- */

dlrn_status dlrn_report_figure_add(dlrn_report *r, const dlrn_report_figure *f, dlrn_error *err)
{
    const dlrn_status st = take_id(r, f->id, err);
    if (st != DLRN_OK) return st;
    if (!f->svg || strncmp(f->svg, "<svg", 4) != 0)
        return dlrn_fail(err, DLRN_EINVAL, "report: the figure %s is not an <svg> element", f->id);
    turn_to(r, OPEN_FIGURES);
    dlrn_str *b = &r->body;
    dlrn_str_addf(b, "<figure id=\"%s\"%s>\n<div role=\"img\" aria-label=\"", f->id,
                  f->wide ? " class=\"wide\"" : "");
    add_wrapped(b, "", f->title, "\">\n");
    dlrn_str_add(b, f->svg);
    dlrn_str_addf(b, "</div>\n<figcaption><b>Figure %d. ", ++r->figures);
    add_wrapped(b, "", f->title, "</b> ");
    add_wrapped(b, "", f->caption, "</figcaption>\n");
    dlrn_str_addf(b, "<p class=\"save\"><button type=\"button\" data-svg=\"%s\">SVG</button>",
                  f->id);
    if (f->pdf) add_wrapped(b, "<a href=\"", f->pdf, "\" download>PDF</a>");
    if (f->csv) add_wrapped(b, "<a href=\"", f->csv, "\" download>CSV</a>");
    dlrn_str_add(b, "</p>\n</figure>\n");
    return DLRN_OK;
}

/* ---- the page ---- */

static void add_page(dlrn_str *b, const dlrn_report *r)
{
    static const char *const end[] = {"", "</ul>\n", "</div>\n", "</dl>\n"};
    static const char *const end_contents[] = {"", "</li>\n</ol>\n",
                                               "</li>\n</ol>\n</li>\n</ol>\n"};
    dlrn_str_add(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n");
    dlrn_str_addf(b, "<meta name=\"generator\" content=\"dlrn %s\">\n", dlrn_version());
    add_wrapped(b, "<title>", r->title, "</title>\n<style>\n");
    dlrn_str_add(b, report_style);
    dlrn_str_add(b, report_style_media);
    dlrn_str_add(b, "</style>\n</head>\n<body>\n<nav aria-label=\"Contents\"><b>Contents</b>\n");
    dlrn_str_add(b, dlrn_str_get(&r->contents));
    dlrn_str_add(b, end_contents[r->depth]);
    add_wrapped(b, "</nav>\n<main>\n<h1>", r->title, "</h1>\n");
    if (*r->subtitle) add_wrapped(b, "<p class=\"sub\">", r->subtitle, "</p>\n");
    dlrn_str_add(b, "<p class=\"use\">Research use only, not a medical device.</p>\n");
    if (r->made_up)
        dlrn_str_add(b, "<p class=\"use\"><b>Made-up weights:</b> the network's weights are random "
                        "numbers; its features carry no learned knowledge.</p>\n");
    dlrn_str_add(b, dlrn_str_get(&r->headline));
    dlrn_str_add(b, dlrn_str_get(&r->summary));
    dlrn_str_add(b, dlrn_str_get(&r->warnings));
    dlrn_str_add(b, dlrn_str_get(&r->body));
    dlrn_str_add(b, end[r->open]);
    dlrn_str_add(b, "</main>\n<script>\n");
    dlrn_str_add(b, report_script);
    dlrn_str_add(b, "</script>\n</body>\n</html>\n");
}

dlrn_status dlrn_report_text(char **out, const dlrn_report *r, dlrn_error *err)
{
    *out = NULL;
    dlrn_str b = {0};
    add_page(&b, r);
    if (b.failed || r->headline.failed || r->warnings.failed || r->summary.failed ||
        r->contents.failed || r->body.failed || r->ids.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a report");
    }
    *out = b.s;
    return DLRN_OK;
}

dlrn_status dlrn_report_write(const dlrn_report *r, const char *path, dlrn_error *err)
{
    char *text;
    dlrn_status st = dlrn_report_text(&text, r, err);
    if (st == DLRN_OK) st = dlrn_write_file(path, text, strlen(text), err);
    free(text);
    return st;
}
