/* SPDX-License-Identifier: Apache-2.0
 *
 * Support vector machine with a radial kernel: libsvm trains it, and what it found is kept in a
 * form of ours, so that a loaded one predicts the same bits. The score is the decision value, as
 * libsvm's svm_predict_values, positive for label 1. Its probabilities are not used: they come from
 * a random inner cross-validation.
 */
#include <dlrn/learner.h>

#include "base/library.h"

#include "model/learners.h"

#include <libsvm/svm.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct machine {
    uint64_t vectors, cols;
    double gamma, rho;
    double *coef; /* of the decision value for label 1 [vectors] */
    double *x;    /* [vectors][cols] */
} machine;

static void machine_free(void *state)
{
    machine *m = state;
    if (!m) return;
    free(m->coef);
    free(m->x);
    free(m);
}

static dlrn_status machine_new(machine **out, uint64_t vectors, uint64_t cols, dlrn_error *err)
{
    dlrn_status st;
    machine *m = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&m, 1, err));
    m->vectors = vectors;
    m->cols = cols;
    DLRN_TRY(dlrn_alloc_or_fail(&m->coef, vectors, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m->x, vectors * cols, err));
done:
    if (st != DLRN_OK) {
        machine_free(m);
        m = NULL;
    }
    *out = m;
    return st;
}

/* libsvm's rows: (index from 1, value) pairs that end with index -1; all columns are written, zeros
 * too, so that sums run in the order of the columns. */
static dlrn_status make_nodes(struct svm_node **nodes, struct svm_node ***row,
                              const dlrn_learner_data *d, dlrn_error *err)
{
    dlrn_status st;
    const size_t width = d->cols + 1;
    DLRN_TRY(dlrn_alloc_or_fail(nodes, d->rows * width, err));
    DLRN_TRY(dlrn_alloc_or_fail(row, d->rows, err));
    for (size_t i = 0; i < d->rows; i++) {
        struct svm_node *v = (*row)[i] = *nodes + i * width;
        for (size_t j = 0; j < d->cols; j++)
            v[j] = (struct svm_node){(int)j + 1, d->x[i * d->cols + j]};
        v[d->cols].index = -1;
    }
done:
    return st;
}

static dlrn_status keep(machine **out, const struct svm_model *model, size_t cols, dlrn_error *err)
{
    machine *m;
    const dlrn_status st = machine_new(&m, (uint64_t)model->l, cols, err);
    if (st != DLRN_OK) return st;
    // libsvm's decision value is positive for the label that it met first
    const double sign = model->label[0] == 1 ? 1 : -1;
    m->gamma = model->param.gamma;
    m->rho = sign * model->rho[0];
    for (size_t k = 0; k < m->vectors; k++) {
        m->coef[k] = sign * model->sv_coef[0][k];
        for (size_t j = 0; j < cols; j++)
            m->x[k * cols + j] = model->SV[k][j].value;
    }
    *out = m;
    return st;
}

static void say_nothing(const char *text)
{
    (void)text;
}

static void silence(void)
{
    svm_set_print_string_function(say_nothing);
}

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                       dlrn_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    dlrn_status st;
    struct svm_node *nodes = NULL, **row = NULL;
    struct svm_model *model = NULL;
    double *y = NULL;
    machine *m = NULL;
    *state = NULL;
    pthread_once(&once, silence);
    DLRN_TRY(make_nodes(&nodes, &row, d, err));
    DLRN_TRY(dlrn_alloc_or_fail(&y, d->rows, err));
    for (size_t i = 0; i < d->rows; i++)
        y[i] = d->label[i];
    const struct svm_problem problem = {(int)d->rows, y, row};
    const struct svm_parameter parameter = {.svm_type = C_SVC,
                                            .kernel_type = RBF,
                                            .gamma = dlrn_params_get(p, "gamma_x_columns", 1) /
                                                     (double)d->cols,
                                            .C = dlrn_params_get(p, "C", 1),
                                            .cache_size = 50, // MB
                                            .eps = 1e-3};
    const char *wrong = svm_check_parameter(&problem, &parameter);
    if (wrong) {
        st = dlrn_fail(err, DLRN_EINVAL, "svm: %s", wrong);
        goto done;
    }
    model = svm_train(&problem, &parameter);
    DLRN_TRY(keep(&m, model, d->cols, err));
    *state = m;
done:
    svm_free_and_destroy_model(&model);
    free(y);
    free(row);
    free(nodes);
    return st;
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    const machine *m = state;
    if (cols != m->cols)
        return dlrn_fail(err, DLRN_EINVAL, "a support vector machine of %zu columns got %zu",
                         (size_t)m->cols, cols);
    for (size_t i = 0; i < rows; i++) {
        double sum = 0;
        for (size_t k = 0; k < m->vectors; k++) {
            double d2 = 0;
            for (size_t j = 0; j < cols; j++) {
                const double d = x[i * cols + j] - m->x[k * cols + j];
                d2 += d * d;
            }
            sum += m->coef[k] * exp(-m->gamma * d2);
        }
        score[i] = sum - m->rho;
    }
    return DLRN_OK;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double c[] = {1, 0.1, 10}, gamma[] = {1, 0.25};
    size_t n = 0;
    (void)rows;
    (void)cols;
    for (size_t g = 0; g < 2; g++)
        for (size_t i = 0; i < 3 && n < cap; i++)
            out[n++] = (dlrn_params){{{"C", c[i]}, {"gamma_x_columns", gamma[g]}}, 2};
    return n;
}

static const char MAGIC[8] = {'D', 'L', 'R', 'N', 'S', 'V', 'M', '1'};

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    const machine *m = state;
    dlrn_str b = {0};
    dlrn_str_addn(&b, MAGIC, sizeof MAGIC);
    dlrn_str_addn(&b, (const char *)&m->vectors, 2 * sizeof m->vectors); // and cols
    dlrn_str_addn(&b, (const char *)&m->gamma, 2 * sizeof m->gamma);     // and rho
    dlrn_str_addn(&b, (const char *)m->coef, m->vectors * sizeof *m->coef);
    dlrn_str_addn(&b, (const char *)m->x, m->vectors * m->cols * sizeof *m->x);
    if (b.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for the support vectors");
    }
    *bytes = b.s;
    *len = b.len;
    return DLRN_OK;
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    const size_t header = sizeof MAGIC + 4 * sizeof(uint64_t);
    uint64_t size[2] = {0, 0};
    machine *m;
    *state = NULL;
    if (len >= header) memcpy(size, bytes + sizeof MAGIC, sizeof size);
    const size_t width = (size[1] + 1) * sizeof(double); // a coefficient and its vector
    if (len < header || memcmp(bytes, MAGIC, sizeof MAGIC) != 0 || size[0] > 1u << 30 ||
        size[1] > 1u << 30 || (len - header) % width != 0 || (len - header) / width != size[0])
        return dlrn_fail(err, DLRN_EFORMAT, "the support vectors are damaged");
    const dlrn_status st = machine_new(&m, size[0], size[1], err);
    if (st != DLRN_OK) return st;
    const char *at = bytes + sizeof MAGIC + sizeof size;
    memcpy(&m->gamma, at, 2 * sizeof m->gamma);
    at += 2 * sizeof m->gamma;
    memcpy(m->coef, at, m->vectors * sizeof *m->coef);
    memcpy(m->x, at + m->vectors * sizeof *m->coef, m->vectors * m->cols * sizeof *m->x);
    *state = m;
    return DLRN_OK;
}

static dlrn_status available(dlrn_error *err)
{
    (void)err;
    return DLRN_OK;
}

const dlrn_learner learner_svm = {"svm",   true, available, grid,        fit,
                                  predict, save, load,      machine_free};

const char *dlrn_library_libsvm(void)
{
#define TEXT(x)    #x
#define TEXT_OF(x) TEXT(x)
    return TEXT_OF(LIBSVM_VERSION);
}
