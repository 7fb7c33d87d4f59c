/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers of a nomogram, as rms::nomogram draws them: 100 points go to the term whose
 * contribution is widest over its ticks; every other term in proportion.
 */
#ifndef DLRN_NOMOGRAM_H
#define DLRN_NOMOGRAM_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* R's pretty(lo:hi, n): about n + 1 round values that cover lo..hi. Allocates *out[*count], freed
 * with free(). DLRN_EINVAL unless lo <= hi are finite. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_pretty(double **out, size_t *count, double lo, double hi,
                                                 size_t n, dlrn_error *err);

/* One term: its ticks (values of a number, codes of levels) and what each adds to the linear
 * predictor. Borrowed. */
typedef struct dlrn_nomogram_term {
    const double *contribution; /* [ticks] */
    size_t ticks;
} dlrn_nomogram_term;

/* Zero-init is valid; dlrn_nomogram_clear frees it. */
typedef struct dlrn_nomogram {
    size_t terms;
    double **points;             /* points of each term's ticks, the least 0     [terms][ticks] */
    double points_per_lp;        /* points for one unit of the linear predictor */
    double lp_at_zero;           /* linear predictor at a total of 0 points */
    double *total, *probability; /* the total axis: pretty ticks from 0        [totals] */
    size_t totals;
} dlrn_nomogram;

/*   lp_range   least and largest linear predictor of the rows that the model was fitted to: the
 *              total axis ends where rms ends it, at the last round linear predictor over them;
 *              NULL: where all terms are at their most
 * DLRN_EINVAL where there is no term, a term without a tick, or no term varies. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_nomogram_build(dlrn_nomogram *out, double intercept,
                                                         const dlrn_nomogram_term *term,
                                                         size_t terms, const double lp_range[2],
                                                         dlrn_error *err);
DLRN_API void dlrn_nomogram_clear(dlrn_nomogram *m);

/* The total points of a linear predictor. */
DLRN_API double dlrn_nomogram_total(const dlrn_nomogram *m, double lp);

/* The round probabilities (0.01, 0.05, 0.1, ... 0.9, 0.95, 0.99) that lie on the total axis, and
 * the total points where they lie. Returns how many. */
enum { DLRN_NOMOGRAM_PROBABILITIES = 13 };
DLRN_API size_t dlrn_nomogram_probability_axis(double at[DLRN_NOMOGRAM_PROBABILITIES],
                                               double probability[DLRN_NOMOGRAM_PROBABILITIES],
                                               const dlrn_nomogram *m);

#ifdef __cplusplus
}
#endif

#endif
