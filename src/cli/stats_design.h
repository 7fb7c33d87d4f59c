/* SPDX-License-Identifier: Apache-2.0
 *
 * The design of a regression: what --terms says, and its columns.
 */
#ifndef DLRN_CLI_STATS_DESIGN_H
#define DLRN_CLI_STATS_DESIGN_H

#include "stats.h"

#include <dlrn/logistic.h>

enum { MAX_KNOTS = 7 };

#define STATS_TERMS_HELP "columns, factor(column), factor(column,reference), rcs(column,knots)"

typedef enum term_kind { TERM_NUMBER, TERM_FACTOR, TERM_SPLINE } term_kind;

/* One term of --terms. */
typedef struct stats_term {
    char *column;
    term_kind kind;
    size_t first, width; /* its columns of the design */
    stats_names level;   /* factor: its values, the reference first */
    char *reference;     /* factor: as asked for; NULL: the first value */
    double knot[MAX_KNOTS];
    size_t knots;  /* spline */
    double lo, hi; /* a number's range */
} stats_term;

/* Zero-init is valid. */
typedef struct stats_design {
    double *x; /* [rows][names.n] */
    stats_names names;
    stats_term *term; /* [terms] */
    size_t terms;
} stats_design;

/* Reads a term as --terms writes it; a column of t by that very name is that column. Only column,
 * kind, reference and knots are filled; stats_term_clear frees them. */
DLRN_MUST_CHECK dlrn_status stats_parse_term(stats_term *out, const char *text, const dlrn_table *t,
                                             dlrn_error *err);

void stats_term_clear(stats_term *t);

/* The columns of all terms: a number as it is; indicators of a factor's values but the reference
 * (race=2); a spline's d, d', d''. */
DLRN_MUST_CHECK dlrn_status stats_design_make(stats_design *out, const stats_data *d,
                                              dlrn_error *err);
void stats_design_clear(stats_design *x);

/* The label on the design's columns, with the options and clusters that were given. */
dlrn_logistic_data stats_logistic_data(const stats_design *x, const stats_data *d);
dlrn_logistic_opts stats_logistic_opts(const stats_data *d);

/* DLRN_EINVAL where --firth, --profile and --cluster contradict each other. */
DLRN_MUST_CHECK dlrn_status stats_logistic_check(const stats_data *d, dlrn_error *err);

/* What a term adds to the linear predictor at a value (at a factor's level number). */
double stats_term_part(const stats_term *t, const double *coefficient, double value);

#endif
