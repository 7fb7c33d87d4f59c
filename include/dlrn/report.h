/* SPDX-License-Identifier: Apache-2.0
 *
 * The report of a study: one HTML file that holds everything it shows and asks nobody for anything.
 * It takes finished text, tables and figures and computes nothing; all text is escaped here.
 */
#ifndef DLRN_REPORT_H
#define DLRN_REPORT_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_report dlrn_report;

typedef enum dlrn_align { DLRN_ALIGN_LEFT, DLRN_ALIGN_RIGHT, DLRN_ALIGN_CENTRE } dlrn_align;

typedef struct dlrn_report_column {
    const char *head;
    const char *unit; /* in the head, in grey; or NULL */
    const char *mark; /* of a footnote: "a", raised; or NULL */
    dlrn_align align; /* numbers: right */
} dlrn_report_column;

typedef struct dlrn_report_table {
    const char *id;    /* [a-z0-9_-], once in the report */
    const char *title; /* "Performance in the test cohorts"; numbered by the report */
    const dlrn_report_column *columns;
    size_t n_columns;
    const char *const *cells; /* [n_rows][n_columns]; NULL: an en dash */
    size_t n_rows;
    const bool *group;        /* [n_rows] true: the row's first cell is a heading across; or NULL */
    const char *const *notes; /* [n_notes] footnotes, e.g. "a DeLong's test" */
    size_t n_notes;
    const char *csv; /* relative link to its data, or NULL */
} dlrn_report_table;

typedef struct dlrn_report_figure {
    const char *id;      /* [a-z0-9_-], once in the report; the saved file's name */
    const char *svg;     /* dlrn_figure_svg's text, ids prefixed with `id` */
    const char *title;   /* first sentence of the caption, bold; numbered by the report */
    const char *caption; /* stands in a paper as it is */
    const char *pdf;     /* relative links: figures/roc_external.pdf, tables/x.csv; or NULL */
    const char *csv;
    bool wide; /* 180 mm rather than one column; narrow ones stand side by side */
} dlrn_report_figure;

/* Calls go from the top of the page to its end. Texts are copied. A shortage of memory is kept and
 * told by dlrn_report_text. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_report_new(dlrn_report **out, const char *title,
                                                     const char *subtitle, dlrn_error *err);
/* Under the title, after "Research use only, not a medical device.": the network's weights are
 * made up. */
DLRN_API void dlrn_report_made_up_weights(dlrn_report *r);
/* The answer in one sentence with its interval. */
DLRN_API void dlrn_report_headline(dlrn_report *r, const char *sentence);
/* Goes under the headline; also after sections have begun. */
DLRN_API void dlrn_report_warning(dlrn_report *r, const char *text);
/* The small table of the first screen, under the headline. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_report_summary(dlrn_report *r, const dlrn_report_table *t,
                                                         dlrn_error *err);
/* Begins a section; all that follows belongs to it. level 1 or 2 (a part of the last one). */
DLRN_API void dlrn_report_section(dlrn_report *r, const char *id, const char *heading, int level);
DLRN_API void dlrn_report_paragraph(dlrn_report *r, const char *text);
/* A point of a list; points that follow each other make one list. */
DLRN_API void dlrn_report_item(dlrn_report *r, const char *text);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_report_table_add(dlrn_report *r,
                                                           const dlrn_report_table *t,
                                                           dlrn_error *err);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_report_figure_add(dlrn_report *r,
                                                            const dlrn_report_figure *f,
                                                            dlrn_error *err);
/* A name and a value of the last section's list of facts (provenance). */
DLRN_API void dlrn_report_fact(dlrn_report *r, const char *name, const char *value);

/* The page; the same calls give the same bytes. Freed with free(). */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_report_text(char **out, const dlrn_report *r,
                                                      dlrn_error *err);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_report_write(const dlrn_report *r, const char *path,
                                                       dlrn_error *err);
DLRN_API void dlrn_report_free(dlrn_report *r);

#ifdef __cplusplus
}
#endif

#endif
