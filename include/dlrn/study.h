/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole study: from study.yaml to results.json, figures, report and model.dlrn.
 */
#ifndef DLRN_STUDY_H
#define DLRN_STUDY_H

#include <dlrn/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dlrn_study_opts {
    const char *out;   /* output folder; NULL: <study file's name>_out beside it */
    const char *until; /* last step: check, radiomics, finetune, deep, fuse, select, train,
                          nomogram, evaluate, figures, report; NULL: all */
    bool fresh;        /* nothing of an earlier run is used again */
    bool dry_run;      /* says what would be done, writes nothing */
    int64_t seed;      /* instead of the file's; negative: the file's */
} dlrn_study_opts;

/* What a person wants to read at the end. Zero-init is valid. */
typedef struct dlrn_study_summary {
    char
        *table; /* models x cohorts, AUC with interval, as text; NULL where it did not get so far */
    char *report; /* path of report.html, or NULL */
    char *plan;   /* dry run: what would be done, as text */
} dlrn_study_summary;

/* Runs the study; goes on where an earlier run with the same settings and inputs stopped. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_study_run(dlrn_study_summary *out, const char *yaml,
                                                    const dlrn_study_opts *opts,
                                                    const dlrn_exec *ex, dlrn_error *err);
DLRN_API void dlrn_study_summary_clear(dlrn_study_summary *s);

/* Draws figures and report again from the results and tables in `out`. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_study_report(const char *out, const dlrn_exec *ex,
                                                       dlrn_error *err);

/* One thing that is wrong or worth a look. */
typedef struct dlrn_finding {
    bool is_error; /* the study would stop; else a warning */
    char *message;
} dlrn_finding;

typedef struct dlrn_findings {
    dlrn_finding *v; /* [n] */
    size_t n, cap;
} dlrn_findings;

DLRN_API void dlrn_findings_clear(dlrn_findings *f);

/* Every problem of a study (.yaml) or a cohort table (.csv) that can be seen before hours are
 * spent: rows, paths, images, geometry, masks, one image in two cohorts, events per variable,
 * columns that look like identifiers. Finding problems is DLRN_OK. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_study_check(dlrn_findings *out, const char *path,
                                                      const dlrn_exec *ex, dlrn_error *err);

/* Every outline on its image, by cohort, as one page at `html`; a row that cannot be read is named
 * there. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_study_sheet(const char *path, const char *html,
                                                      const dlrn_exec *ex, dlrn_error *err);

/* A commented study.yaml for a cohort table (and feature tables), with each column's role guessed;
 * `guesses` says what was guessed and why. `yaml` lies in the folder of the result's later place:
 * paths in it are relative to `folder`. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_study_init(dlrn_str *yaml, dlrn_findings *guesses,
                                                     const char *cohort,
                                                     const char *const *features, size_t n_features,
                                                     const char *folder, dlrn_error *err);

#ifdef __cplusplus
}
#endif

#endif
