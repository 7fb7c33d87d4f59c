/* SPDX-License-Identifier: Apache-2.0
 *
 * Random forest (Breiman 2001) and extremely randomised trees (Geurts et al. 2006): CART trees on
 * the Gini index, the forest's score the mean share of label 1 in the leaves.
 *
 * A split's tie goes to the column that was drawn first, then to the lowest threshold; a row goes
 * left where its value is <= the threshold, which lies halfway between two training values.
 */
#include <dlrn/learner.h>

#include "model/learners.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NODES = 1 << 22 };

/* column < 0: a leaf, whose value is the share of label 1. */
typedef struct node {
    int32_t column, left, right; /* children by number in the same tree's array */
    int32_t unused;              /* keeps the bytes of a saved forest defined */
    double value;                /* threshold, or the leaf's share */
} node;

typedef struct forest {
    uint64_t cols, trees, nodes;
    uint64_t *root; /* first node of each tree [trees] */
    node *node;     /* [nodes] */
    size_t cap;
} forest;

static void forest_free(void *state)
{
    forest *f = state;
    if (!f) return;
    free(f->root);
    free(f->node);
    free(f);
}

/* What growing one tree needs. */
typedef struct growing {
    const dlrn_learner_data *d;
    forest *f;
    dlrn_rng rng;
    size_t *row; /* the tree's rows, reordered as it grows; may repeat */
    size_t *column, mtry;
    size_t *order;
    double *key;
    size_t *sorted;
    size_t min_leaf, max_depth;
    bool extra;
    dlrn_error *err;
} growing;

typedef struct split {
    int32_t column;
    double threshold, gain;
} split;

/* Sum over both sides of (ones^2 + zeros^2) / n: the larger, the purer. */
static double purity(double ones, double n)
{
    return n > 0 ? (ones * ones + (n - ones) * (n - ones)) / n : 0;
}

static void consider(split *best, const growing *g, size_t column, double threshold, double left_n,
                     double left_ones, double n, double ones)
{
    if (left_n < (double)g->min_leaf || n - left_n < (double)g->min_leaf) return;
    const double gain =
        purity(left_ones, left_n) + purity(ones - left_ones, n - left_n) - purity(ones, n);
    if (gain <= best->gain + 1e-12 * n) return;
    *best = (split){(int32_t)column, threshold, gain};
}

static void best_threshold(split *best, const growing *g, const size_t *row, size_t n, double ones,
                           size_t column)
{
    for (size_t i = 0; i < n; i++)
        g->key[i] = g->d->x[row[i] * g->d->cols + column];
    dlrn_sort_index(g->order, g->key, n);
    double left_ones = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        left_ones += g->d->label[row[g->order[i]]];
        const double a = g->key[g->order[i]], b = g->key[g->order[i + 1]];
        if (a == b) continue;
        double middle = a + 0.5 * (b - a);
        if (middle >= b) middle = a;
        consider(best, g, column, middle, (double)(i + 1), left_ones, (double)n, ones);
    }
}

static void random_threshold(split *best, growing *g, const size_t *row, size_t n, double ones,
                             size_t column)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double x = g->d->x[row[i] * g->d->cols + column];
        lo = x < lo ? x : lo;
        hi = x > hi ? x : hi;
    }
    if (!(lo < hi)) return;
    double threshold = lo + dlrn_rng_uniform(&g->rng) * (hi - lo), left_ones = 0;
    if (threshold >= hi) threshold = lo;
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        if (g->d->x[row[i] * g->d->cols + column] <= threshold) {
            left++;
            left_ones += g->d->label[row[i]];
        }
    consider(best, g, column, threshold, (double)left, left_ones, (double)n, ones);
}

/* mtry columns without replacement; constant ones do not count against mtry. */
static split find_split(growing *g, const size_t *row, size_t n, double ones)
{
    split best = {-1, 0, 0};
    size_t tried = 0;
    for (size_t k = 0; k < g->d->cols && tried < g->mtry; k++) {
        const size_t pick = k + (size_t)dlrn_rng_below(&g->rng, g->d->cols - k);
        const size_t column = g->column[pick];
        g->column[pick] = g->column[k];
        g->column[k] = column;
        bool constant = true;
        for (size_t i = 1; i < n && constant; i++)
            constant =
                g->d->x[row[i] * g->d->cols + column] == g->d->x[row[0] * g->d->cols + column];
        if (constant) continue;
        tried++;
        if (g->extra)
            random_threshold(&best, g, row, n, ones, column);
        else
            best_threshold(&best, g, row, n, ones, column);
    }
    return best;
}

static size_t partition(growing *g, size_t *row, size_t n, const split *s)
{
    size_t left = 0, right = 0;
    for (size_t i = 0; i < n; i++) {
        if (g->d->x[row[i] * g->d->cols + (size_t)s->column] <= s->threshold)
            row[left++] = row[i];
        else
            g->sorted[right++] = row[i];
    }
    memcpy(row + left, g->sorted, right * sizeof *row);
    return left;
}

static dlrn_status new_node(size_t *at, growing *g)
{
    forest *f = g->f;
    if (f->nodes >= MAX_NODES)
        return dlrn_fail(g->err, DLRN_ENOMEM, "a forest of more than %d nodes", MAX_NODES);
    const dlrn_status st = dlrn_grow(&f->node, &f->cap, f->nodes + 1, sizeof *f->node, g->err);
    if (st != DLRN_OK) return st;
    *at = f->nodes++;
    f->node[*at] = (node){-1, 0, 0, 0, 0};
    return DLRN_OK;
}

static dlrn_status grow(growing *g, size_t *row, size_t n, size_t depth, size_t root, size_t *at)
{
    dlrn_status st;
    size_t left_at, right_at;
    double ones = 0;
    DLRN_TRY(new_node(at, g));
    for (size_t i = 0; i < n; i++)
        ones += g->d->label[row[i]];
    split s = {-1, 0, 0};
    if (ones > 0 && ones < (double)n && n >= 2 * g->min_leaf && depth < g->max_depth)
        s = find_split(g, row, n, ones);
    if (s.column < 0) {
        g->f->node[*at].value = ones / (double)n;
        goto done;
    }
    const size_t left = partition(g, row, n, &s);
    DLRN_TRY(grow(g, row, left, depth + 1, root, &left_at));
    DLRN_TRY(grow(g, row + left, n - left, depth + 1, root, &right_at));
    g->f->node[*at] =
        (node){s.column, (int32_t)(left_at - root), (int32_t)(right_at - root), 0, s.threshold};
done:
    return st;
}

static void growing_clear(growing *g)
{
    free(g->row);
    free(g->column);
    free(g->order);
    free(g->key);
    free(g->sorted);
}

static dlrn_status grow_tree(growing *g, size_t tree)
{
    const size_t n = g->d->rows;
    size_t at;
    dlrn_rng_seed(&g->rng, g->d->seed, tree);
    for (size_t i = 0; i < n; i++)
        g->row[i] = g->extra ? i : (size_t)dlrn_rng_below(&g->rng, n);
    for (size_t j = 0; j < g->d->cols; j++)
        g->column[j] = j;
    g->f->root[tree] = g->f->nodes;
    return grow(g, g->row, n, 0, g->f->nodes, &at);
}

static dlrn_status fit(void **state, const dlrn_learner_data *d, const dlrn_params *p, bool extra,
                       dlrn_error *err)
{
    dlrn_status st;
    forest *f = NULL;
    growing g = {.d = d, .extra = extra, .err = err};
    const double share = dlrn_params_get(p, "max_features", 0);
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&f, 1, err));
    f->cols = d->cols;
    f->trees = (uint64_t)dlrn_params_get(p, "trees", 300);
    DLRN_TRY(dlrn_alloc_or_fail(&f->root, f->trees, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.row, d->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.column, d->cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.order, d->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.key, d->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&g.sorted, d->rows, err));
    g.f = f;
    g.min_leaf = (size_t)dlrn_params_get(p, "min_leaf", 1);
    g.max_depth = 64;
    g.mtry = share > 0 ? (size_t)(share * (double)d->cols) : (size_t)sqrt((double)d->cols);
    if (g.mtry < 1) g.mtry = 1;
    for (size_t t = 0; t < f->trees; t++)
        DLRN_TRY(grow_tree(&g, t));
    *state = f;
    f = NULL;
done:
    growing_clear(&g);
    forest_free(f);
    return st;
}

static dlrn_status fit_random(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                              dlrn_error *err)
{
    return fit(state, d, p, false, err);
}

static dlrn_status fit_extra(void **state, const dlrn_learner_data *d, const dlrn_params *p,
                             dlrn_error *err)
{
    return fit(state, d, p, true, err);
}

static dlrn_status predict(double *score, const void *state, const double *x, size_t rows,
                           size_t cols, dlrn_error *err)
{
    const forest *f = state;
    if (cols != f->cols)
        return dlrn_fail(err, DLRN_EINVAL, "a forest of %zu columns got %zu", (size_t)f->cols,
                         cols);
    for (size_t i = 0; i < rows; i++) {
        double sum = 0;
        for (size_t t = 0; t < f->trees; t++) {
            const node *tree = f->node + f->root[t], *at = tree;
            while (at->column >= 0)
                at = tree + (x[i * cols + (size_t)at->column] <= at->value ? at->left : at->right);
            sum += at->value;
        }
        score[i] = sum / (double)f->trees;
    }
    return DLRN_OK;
}

static size_t grid(dlrn_params *out, size_t cap, size_t rows, size_t cols)
{
    static const double leaf[] = {5, 2, 10};
    size_t n = 0;
    (void)rows;
    (void)cols;
    for (size_t k = 0; k < 3 && n < cap; k++)
        out[n++] = (dlrn_params){{{"min_leaf", leaf[k]}, {"trees", 300}}, 2};
    return n;
}

static const char MAGIC[8] = {'D', 'L', 'R', 'N', 'F', 'R', 'S', '1'};

static dlrn_status save(char **bytes, size_t *len, const void *state, dlrn_error *err)
{
    const forest *f = state;
    dlrn_str b = {0};
    dlrn_str_addn(&b, MAGIC, sizeof MAGIC);
    dlrn_str_addn(&b, (const char *)&f->cols, 3 * sizeof f->cols); // cols, trees, nodes
    dlrn_str_addn(&b, (const char *)f->root, f->trees * sizeof *f->root);
    dlrn_str_addn(&b, (const char *)f->node, f->nodes * sizeof *f->node);
    if (b.failed) {
        dlrn_str_clear(&b);
        return dlrn_fail(err, DLRN_ENOMEM, "out of memory for a forest");
    }
    *bytes = b.s;
    *len = b.len;
    return DLRN_OK;
}

/* Children stand behind their parent, so that no path can run in circles. */
static bool is_sound(const forest *f)
{
    for (size_t t = 0; t < f->trees; t++) {
        const uint64_t begin = f->root[t], end = t + 1 < f->trees ? f->root[t + 1] : f->nodes;
        if (begin >= end || end > f->nodes) return false;
        for (uint64_t k = begin; k < end; k++) {
            const node *v = &f->node[k];
            const int64_t at = (int64_t)(k - begin), size = (int64_t)(end - begin);
            if (!isfinite(v->value)) return false;
            if (v->column < 0) continue;
            if ((uint64_t)v->column >= f->cols || v->left <= at || v->right <= at ||
                v->left >= size || v->right >= size)
                return false;
        }
    }
    return f->trees > 0 && f->root[0] == 0;
}

static dlrn_status load(void **state, const char *bytes, size_t len, dlrn_error *err)
{
    dlrn_status st;
    forest *f = NULL;
    const size_t header = sizeof MAGIC + 3 * sizeof(uint64_t);
    *state = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&f, 1, err));
    if (len >= header) memcpy(&f->cols, bytes + sizeof MAGIC, 3 * sizeof f->cols);
    if (len < header || memcmp(bytes, MAGIC, sizeof MAGIC) != 0 || f->nodes > MAX_NODES ||
        f->trees > f->nodes ||
        len != header + f->trees * sizeof *f->root + f->nodes * sizeof *f->node) {
        st = dlrn_fail(err, DLRN_EFORMAT, "a forest is damaged");
        goto done;
    }
    DLRN_TRY(dlrn_alloc_or_fail(&f->root, f->trees, err));
    DLRN_TRY(dlrn_alloc_or_fail(&f->node, f->nodes, err));
    memcpy(f->root, bytes + header, f->trees * sizeof *f->root);
    memcpy(f->node, bytes + header + f->trees * sizeof *f->root, f->nodes * sizeof *f->node);
    if (!is_sound(f)) {
        st = dlrn_fail(err, DLRN_EFORMAT, "a forest is damaged");
        goto done;
    }
    *state = f;
    f = NULL;
done:
    forest_free(f);
    return st;
}

static dlrn_status available(dlrn_error *err)
{
    (void)err;
    return DLRN_OK;
}

const dlrn_learner learner_random_forest = {
    "random_forest", false, available, grid, fit_random, predict, save, load, forest_free};
const dlrn_learner learner_extra_trees = {"extra_trees", false, available, grid,       fit_extra,
                                          predict,       save,  load,      forest_free};
