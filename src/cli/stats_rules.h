/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of scores share: the truth of the rows, the bootstrap asked for, directions,
 * thresholds by a rule, parts of a curve.
 */
#ifndef DLRN_CLI_STATS_RULES_H
#define DLRN_CLI_STATS_RULES_H

#include "stats.h"

#include <dlrn/roc.h>

/* Options of several of them, with one meaning. */
#define STATS_OPT_THRESHOLD                                                                         \
    {"threshold",                                                                                   \
     0,                                                                                             \
     CLI_TEXT,                                                                                      \
     STATS_AT(threshold),                                                                           \
     "T",                                                                                           \
     "youden (default), closest, cost, sensitivity=S, specificity=S, or a number; >= is positive"}, \
        {"cost",     0,                                                                             \
         CLI_NUMBER, STATS_AT(cost),                                                                \
         "C",        "thresholds cost and closest: a miss weighs C false alarms (default: 1)"},     \
    {                                                                                               \
        "prevalence", 0, CLI_NUMBER, STATS_AT(prevalence), "P",                                     \
            "thresholds cost and closest: where it is used (default: as in the rows)"               \
    }
#define STATS_OPT_PARTIAL                                                                          \
    {                                                                                              \
        "partial", 0, CLI_TEXT, STATS_AT(partial), "PART",                                         \
            "area over specificity=FROM:TO or sensitivity=FROM:TO, with McClish's correction"      \
    }
#define STATS_OPT_DIRECTION                                                                        \
    {                                                                                              \
        "direction", 0, CLI_TEXT, STATS_AT(direction), "D",                                        \
            "< higher is positive (default), > lower is, auto by the medians"                      \
    }

dlrn_truth stats_truth(const stats_data *d);
/* --bootstrap N, or `by_default` replicates where it is not given. */
dlrn_bootstrap stats_boot(const stats_data *d, size_t by_default);

/* +1 where a higher score means positive, -1 where a lower one does: --direction. */
DLRN_MUST_CHECK dlrn_status stats_direction(double *sign, const stats_data *d, const double *score,
                                            dlrn_error *err);

/* --threshold, understood. */
typedef struct stats_threshold {
    bool fixed;
    double value; /* of a fixed one */
    dlrn_threshold_rule rule;
    char name[80]; /* for the result: "youden", "sensitivity >= 0.9", "given" */
} stats_threshold;

/* `text` NULL: youden. `option` is what the messages call it. */
DLRN_MUST_CHECK dlrn_status stats_parse_threshold(stats_threshold *out, const char *text,
                                                  const char *option, const stats_data *d,
                                                  dlrn_error *err);
/* The threshold itself, on the rows that `r` is the curve of. */
DLRN_MUST_CHECK dlrn_status stats_pick_threshold(double *out, const stats_threshold *rule,
                                                 const dlrn_roc *r, dlrn_error *err);
/* The same from a score. */
DLRN_MUST_CHECK dlrn_status stats_threshold_of(double *out, const stats_threshold *rule,
                                               const double *score, const dlrn_truth *t,
                                               dlrn_error *err);

/* "WORD=NUMBER" with the word one of a and b: true, and which of them. */
bool stats_parse_target(bool *is_b, double *value, const char *text, const char *a, const char *b);

/* --partial specificity=0.8:1; `given` false where the option is not. */
DLRN_MUST_CHECK dlrn_status stats_part(dlrn_auc_part *out, bool *given, const stats_data *d,
                                       dlrn_error *err);

#define STATS_OPT_CALIBRATION                                                                      \
    {                                                                                              \
        "calibration", 0, CLI_TEXT, STATS_AT(calibration), "COL=VALUE",                            \
            "the rows to calibrate on; the others are new"                                         \
    }

/* The rows of --calibration COL=VALUE (is_calibration[d->n], freed by the caller), and whether it
 * was given. DLRN_EINVAL where either kind of row is absent. */
DLRN_MUST_CHECK dlrn_status stats_calibration_rows(bool **is_calibration, bool *given,
                                                   const stats_data *d, dlrn_error *err);

/* The labels and a score of the calibration rows (want true) or of the new ones. Rows without a
 * label are left out. Zero-init is valid. */
typedef struct stats_part_rows {
    uint8_t *label; /* [n] */
    double *score;  /* [n] */
    size_t n;
} stats_part_rows;
DLRN_MUST_CHECK dlrn_status stats_take_rows(stats_part_rows *out, const stats_data *d, size_t score,
                                            const bool *is_calibration, bool want, dlrn_error *err);
void stats_part_rows_clear(stats_part_rows *r);

/* "from:to:step" or "a,b,c", each in (0, 1); freed with free(). `option` is for messages. */
DLRN_MUST_CHECK dlrn_status stats_parse_risks(double **out, size_t *n, const char *text,
                                              const char *option, dlrn_error *err);

#endif
