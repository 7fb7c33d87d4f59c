/* SPDX-License-Identifier: Apache-2.0
 *
 * k nearest neighbours by Euclidean distance on scaled columns. The score is the share of label 1
 * among them, weighted by distance where asked; rows as far as the k-th count too, so that the
 * order of the training rows does not matter.
 */
#include <dlrn/learner.h>

#include "model/learners.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct knn {
    uint64_t rows, cols, k, weighted;
    double *x;      /* [rows][cols] */
    uint8_t *label; /* [rows] */
} knn;

static void knn_free(void *state)
{
    knn *m = state;
    if (!m) return;
    free(m->x);
    free(m->label);
    free(m);
}

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err)
{
    dlrn_status st;
    knn *m = NULL;
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    m->rows = d->rows;
    m->cols = d->cols;
    m->k = (uint64_t)dlrn_params_get(p, "k", 15);
    m->weighted = dlrn_params_get(p, "weighted", 0) > 0;
    if (m->k > m->rows) m->k = m->rows;
    DLRN_TRY(dlrn_alloc_or_fail(&m->x, d->rows * d->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->label, d->rows, err));
    memcpy(m->x, d->x, d->rows * d->cols * sizeof *m->x);
    memcpy(m->label, d->label, d->rows);
    *state = m;
    m = NULL;
done:
    knn_free(m);
    return st;
}

static double score_row(const knn *m, const double *x, double *distance, size_t *order)
{
    double ones = 0, sum = 0;
    for (size_t i = 0; i < m->rows; i++) {
        double d2 = 0;
        for (size_t j = 0; j < m->cols; j++) {
            const double d = x[j] - m->x[i * m->cols + j];
            d2 += d * d;
        }
        distance[i] = sqrt(d2);
    }
    dlrn_sort_index(order, distance, m->rows);
    const double farthest = distance[order[m->k - 1]];
    const bool same = distance[order[0]] == 0; // rows at no distance outweigh all others
    for (size_t i = 0; i < m->rows && distance[order[i]] <= farthest; i++) {
        const double d = distance[order[i]];
        const double w = !m->weighted ? 1 : same ? (d == 0 ? 1 : 0) : 1 / d;
        ones += w * m->label[order[i]];
        sum += w;
    }
    return ones / sum;
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    dlrn_status st;
    const knn *m = state;
    double *distance = NULL;
    size_t *order = NULL;
    if (cols != m->cols)
        return dlrn_fail(err, DLRN_EINVAL, "neighbours of %zu columns got %zu", (size_t)m->cols,
                         cols);
    DLRN_TRY(dlrn_alloc_or_fail(&distance, m->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, m->rows, err));
    for (size_t i = 0; i < rows; i++)
        score[i] = score_row(m, x + i * cols, distance, order);
done:
    free(order);
    free(distance);
    return st;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double k[] = {15, 7, 25, 45};
    size_t n = 0;
    (void)cols;
    for (size_t w = 0; w < 2; w++)
        for (size_t i = 0; i < 4 && n < cap; i++)
            if (k[i] * 2 < (double)rows || i == 1)
                out[n++] = (dlrn_params){{{"k", k[i]}, {"weighted", (double)w}}, 2};
    return n;
}

static const char MAGIC[8] = {'D', 'L', 'R', 'N', 'K', 'N', 'N', '1'};

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    const knn *m = state;
    dlrn_str b = {0};
    dlrn_str_addn(&b, MAGIC, sizeof MAGIC);
    dlrn_str_addn(&b, (const char *)&m->rows, 4 * sizeof m->rows); // rows, cols, k, weighted
    dlrn_str_addn(&b, (const char *)m->x, m->rows * m->cols * sizeof *m->x);
    dlrn_str_addn(&b, (const char *)m->label, m->rows);
    if (b.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for the neighbours");
    }
    *bytes = b.s;
    *len = b.len;
    return DLRN_OK;
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    dlrn_status st;
    knn *m = NULL;
    const size_t header = sizeof MAGIC + 4 * sizeof(uint64_t);
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    if (len >= header) memcpy(&m->rows, bytes + sizeof MAGIC, 4 * sizeof m->rows);
    const bool sane = len >= header && !memcmp(bytes, MAGIC, sizeof MAGIC) && m->rows < 1u << 30 &&
                      m->cols < 1u << 30 && m->k >= 1 && m->k <= m->rows &&
                      (len - header) / (m->cols * sizeof(double) + 1) == m->rows &&
                      (len - header) % (m->cols * sizeof(double) + 1) == 0;
    if (!sane) {
        st = dlrn_fail(err, DLRN_EFORMAT, "the neighbours are damaged");
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&m->x, m->rows * m->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->label, m->rows, err));
    memcpy(m->x, bytes + header, m->rows * m->cols * sizeof *m->x);
    memcpy(m->label, bytes + header + m->rows * m->cols * sizeof *m->x, m->rows);
    *state = m;
    m = NULL;
done:
    knn_free(m);
    return st;
}

static dlrn_status available(dlrn_error *err)
{
    (void)err;
    return DLRN_OK;
}

const dlrn_learner learner_knn = {"knn",   false, available, grid,    fit,
                                  predict, save,  load,      knn_free};
