/* SPDX-License-Identifier: Apache-2.0
 *
 * Feature sets: one number for every case and column, from a table or computed here.
 */
#ifndef DLRN_STUDY_FEATURES_H
#define DLRN_STUDY_FEATURES_H

#include <dlrn/table.h>

/* Zero-init is valid. */
typedef struct feature_set {
    char *name;    /* radiomics, or the backbone's name */
    char **column; /* [p] */
    size_t p, cap;
    double *x; /* [n][p], row-major; NaN where undefined or missing */
    size_t n;
    bool made_up; /* of a network that nobody trained: tables say so in a column `weights` */
    char **dropped, **reason; /* columns that are no features, and why [n_dropped] */
    size_t n_dropped, cap_dropped;
} feature_set;

void feature_set_clear(feature_set *s);

/* Notes a column that is left out. */
DLRN_MUST_CHECK dlrn_status feature_set_drop(feature_set *s, const char *column, const char *reason,
                                             dlrn_error *err);

/* Adds a column's name (x is not touched). */
DLRN_MUST_CHECK dlrn_status feature_set_add_column(feature_set *s, const char *column,
                                                   dlrn_error *err);

/* Whether a column has the name of a feature or of what stands beside features:
 * IMAGETYPE_CLASS_FEATURE, deep_..., diagnostics_... */
bool feature_is_named(const char *column);

/* Reads a table of features computed elsewhere: the row of each id[0..n), numeric columns as
 * features, PyRadiomics' own Image, Mask, Label and diagnostics_ columns left aside, other text
 * columns dropped with the reason, and those that `cohort` (or NULL) has too, unless they are
 * named as features: a batch passes the cohort's columns through, the outcome among them. `prefix`
 * (or NULL) is put before names that lack it. DLRN_EINVAL names an id without a row or with two. */
DLRN_MUST_CHECK dlrn_status feature_set_from_table(feature_set *out, const char *path,
                                                   const char *id_column, char *const *id, size_t n,
                                                   const dlrn_table *cohort, const char *prefix,
                                                   dlrn_error *err);

/* Writes id and features as CSV, undefined values as nan. */
DLRN_MUST_CHECK dlrn_status feature_set_write(const feature_set *s, char *const *id,
                                              const char *path, dlrn_error *err);

/* The columns of a, then those of b: fusion. */
DLRN_MUST_CHECK dlrn_status feature_set_fuse(feature_set *out, const feature_set *a,
                                             const feature_set *b, const char *name,
                                             dlrn_error *err);

/* Fills the rows row[0..m) of s->x. */
typedef dlrn_status feature_rows_fn(void *user, feature_set *s, const size_t *row, size_t m,
                                    const dlrn_exec *ex, dlrn_error *err);

/* How rows are computed and kept. */
typedef struct feature_job {
    feature_rows_fn *fn;
    void *user;
    const char *stage; /* for progress */
    const char *kept;  /* file that keeps finished rows, so that an interrupted run goes on */
    const char *key;   /* 64 digits: what the rows depend on */
} feature_job;

/* Computes s->x for s->n cases, taking finished rows from an earlier run with the same key. */
DLRN_MUST_CHECK dlrn_status feature_set_compute(feature_set *s, const feature_job *job,
                                                const dlrn_exec *ex, dlrn_error *err);

#endif
