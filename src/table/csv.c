/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 4180 with what spreadsheets add to it: a byte order mark, semicolons or tabs, CRLF, blank
 * lines. The text is scanned once and its cells end in place, so that a table costs its file and
 * four bytes a cell.
 */
#include "table/csv.h"

#include <stdlib.h>
#include <string.h>

typedef struct scanner {
    csv_grid *g;
    const char *name;
    char *p;
    char delimiter;
    bool stop[256]; /* bytes that end a cell outside quotes */
    size_t line;    /* of p */
    size_t row_cap, cell_cap, jump_cap;
    size_t n_cells;
    dlrn_error *err;
} scanner;

/* ---- which delimiter ---- */

/* Counts `d` in the record at p, quotes respected, and moves past the record. */
static size_t count_in_record(const char **at, char d)
{
    const char *p = *at;
    size_t n = 0;
    bool cell_begins = true;
    for (; *p && *p != '\n' && *p != '\r'; p++) {
        if (cell_begins && *p == '"') {
            for (p++; *p && (*p != '"' || p[1] == '"'); p++)
                if (*p == '"') p++;
            if (!*p) break;
            cell_begins = false;
            continue;
        }
        cell_begins = *p == d;
        n += *p == d;
    }
    while (*p == '\n' || *p == '\r')
        p++;
    *at = p;
    return n;
}

/* The delimiter that stands as often in the first records as in the header; of several, the most
 * frequent. Where none is so regular, the most frequent in the header: a later message will name
 * the line that differs. */
static char find_delimiter(const char *text)
{
    enum { LOOK_AT = 20 };
    static const char candidate[] = {',', ';', '\t'};
    char best = ',';
    size_t best_score = 0;
    for (size_t k = 0; k < sizeof candidate; k++) {
        const char *p = text;
        const size_t n = count_in_record(&p, candidate[k]);
        bool regular = true;
        for (int i = 0; i < LOOK_AT && *p && regular; i++)
            regular = count_in_record(&p, candidate[k]) == n;
        const size_t score = n == 0 ? 0 : 2 * n + (regular ? SIZE_MAX / 2 : 0);
        if (score > best_score) {
            best_score = score;
            best = candidate[k];
        }
    }
    return best;
}

/* ---- the scan ---- */

/* Takes the quotes off the cell at s->p, in place; s->p comes to stand behind the closing one. */
static dlrn_status scan_quoted(scanner *s, size_t column)
{
    const size_t line = s->line;
    char *out = s->p, *p = s->p + 1;
    for (;; p++) {
        if (*p == '\0')
            return dlrn_fail(s->err, DLRN_EFORMAT,
                             "%s, line %zu, cell %zu: the quote that opens here is never closed",
                             s->name, line, column + 1);
        if (*p == '"' && *++p != '"') break;
        if (*p == '\n') s->line++;
        *out++ = *p;
    }
    if (!s->stop[(unsigned char)*p])
        return dlrn_fail(s->err, DLRN_EFORMAT,
                         "%s, line %zu, cell %zu: text follows a closing quote; a quote inside a "
                         "quoted cell is written twice",
                         s->name, s->line, column + 1);
    // the cell is shorter than its text by a quote at least, so the NUL overwrites no delimiter
    *out = '\0';
    s->p = p;
    return DLRN_OK;
}

static dlrn_status wrong_width(const scanner *s, size_t line, size_t found)
{
    const csv_grid *g = s->g;
    if (found < g->cols)
        return dlrn_fail(
            s->err, DLRN_EFORMAT,
            "%s, line %zu: %zu cell%s, the header has %zu; nothing stands under column "
            "'%.60s'",
            s->name, line, found, found == 1 ? "" : "s", g->cols, csv_cell(g, 0, found));
    return dlrn_fail(s->err, DLRN_EFORMAT,
                     "%s, line %zu: more cells than the header's %zu; the last column is '%.60s'",
                     s->name, line, g->cols, csv_cell(g, 0, g->cols - 1));
}

static dlrn_status note_jump(scanner *s)
{
    csv_grid *g = s->g;
    const size_t extra = s->line - 1 - g->rows;
    const size_t before = g->n_jumps ? g->jump[g->n_jumps - 1].extra : 0;
    if (extra == before) return DLRN_OK;
    const dlrn_status st =
        dlrn_grow(&g->jump, &s->jump_cap, g->n_jumps + 1, sizeof *g->jump, s->err);
    if (st == DLRN_OK) g->jump[g->n_jumps++] = (csv_jump){g->rows, extra};
    return st;
}

/* Ends the cell at s->p. True where another cell of the record follows. */
static bool end_cell(scanner *s)
{
    const char c = *s->p;
    if (c == '\0') return false;
    *s->p++ = '\0';
    if (c == s->delimiter) return true;
    if (c == '\r' && *s->p == '\n') s->p++;
    s->line++;
    return false;
}

static dlrn_status scan_record(scanner *s)
{
    dlrn_status st;
    csv_grid *g = s->g;
    const bool header = g->rows == 0;
    const size_t line = s->line, at = (size_t)(s->p - g->text);
    size_t n = 0;
    bool more = true;
    DLRN_TRY(note_jump(s));
    DLRN_TRY(dlrn_grow(&g->row_at, &s->row_cap, g->rows + 1, sizeof *g->row_at, s->err));
    DLRN_TRY(dlrn_grow(&g->cell, &s->cell_cap, s->n_cells + g->cols + 1, sizeof *g->cell, s->err));
    g->row_at[g->rows] = at;
    while (more) {
        const size_t from = (size_t)(s->p - g->text) - at;
        if (!header && n == g->cols) return wrong_width(s, line, n + 1);
        if (from > UINT32_MAX)
            return dlrn_fail(s->err, DLRN_EFORMAT, "%s, line %zu: is longer than 4 GB", s->name,
                             line);
        if (header) DLRN_TRY(dlrn_grow(&g->cell, &s->cell_cap, n + 1, sizeof *g->cell, s->err));
        g->cell[s->n_cells + n] = (uint32_t)from;
        if (*s->p == '"')
            DLRN_TRY(scan_quoted(s, n));
        else
            while (!s->stop[(unsigned char)*s->p])
                s->p++;
        n++;
        more = end_cell(s);
    }
    if (header) g->cols = n;
    if (n < g->cols) return wrong_width(s, line, n);
    s->n_cells += n;
    g->rows++;
done:
    return st;
}

/* A blank line is no record, except among the rows of a single column, where it is an empty cell.
 */
static bool skip_blank_line(scanner *s)
{
    if (*s->p != '\n' && *s->p != '\r') return false;
    if (s->g->rows > 0 && s->g->cols == 1) return false;
    s->p += *s->p == '\r' && s->p[1] == '\n' ? 2 : 1;
    s->line++;
    return true;
}

static dlrn_status scan(scanner *s, size_t len)
{
    char *end = s->g->text + len;
    while (end > s->p && (end[-1] == '\n' || end[-1] == '\r'))
        *--end = '\0';
    s->delimiter = find_delimiter(s->p);
    s->stop[0] = s->stop['\n'] = s->stop['\r'] = s->stop[(unsigned char)s->delimiter] = true;
    while (s->p < end) {
        if (skip_blank_line(s)) continue;
        const dlrn_status st = scan_record(s);
        if (st != DLRN_OK) return st;
    }
    if (s->g->rows == 0)
        return dlrn_fail(s->err, DLRN_EFORMAT,
                         "%s: is empty, expected a header line with column names", s->name);
    return DLRN_OK;
}

dlrn_status csv_scan_take(csv_grid *out, char *text, size_t len, const char *name, dlrn_error *err)
{
    dlrn_status st;
    *out = (csv_grid){.text = text};
    scanner s = {.g = out, .name = name, .p = text, .line = 1, .err = err};
    DLRN_TRY(csv_check_text(text, len, name, err));
    if (len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) s.p += 3;
    DLRN_TRY(scan(&s, len));
done:
    if (st != DLRN_OK) csv_clear(out);
    return st;
}

void csv_clear(csv_grid *g)
{
    free(g->jump);
    free(g->cell);
    free(g->row_at);
    free(g->text);
    *g = (csv_grid){0};
}

size_t csv_line(const csv_grid *g, size_t row)
{
    size_t lo = 0, hi = g->n_jumps; // the jumps before lo are at or before `row`
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (g->jump[mid].row <= row)
            lo = mid + 1;
        else
            hi = mid;
    }
    return row + 1 + (lo ? g->jump[lo - 1].extra : 0);
}
