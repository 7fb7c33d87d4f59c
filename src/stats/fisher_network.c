/* SPDX-License-Identifier: Apache-2.0
 *
 * Fisher's exact test of any table: the network of Mehta & Patel (J Am Stat Assoc 1983;78:427). A
 * node is what the rows still have to place on the columns from a stage on; equal nodes are met
 * once, and the paths that lead to one with the same probability go on as one.
 */
#include "stats/fisher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_ROWS = 16,
    MOST_COLUMNS = 2000, /* so deep does measure() go */
    MOST_COUNT = 1000000,
    MOST_EDGES = 6000000,
    MOST_NODES = 1000000,
    MOST_PATHS = 2000000
};

typedef struct node {
    uint32_t left[MOST_ROWS]; /* of the rows, ascending [rows] */
    uint32_t stage;           /* columns before it are placed */
    double most, least;       /* log weight of the likeliest and unlikeliest way to the end */
} node;

/* All ways to a node that weigh the same. */
typedef struct path {
    size_t node;
    int64_t key; /* past in steps of 1e-10: sums in another order are the same path */
    double past; /* log weight so far */
    double ways;
} path;

/* Finds entries by hash; an entry is its place in a list plus 1, 0 is empty. */
typedef struct finder {
    size_t *slot; /* [slots], a power of two */
    size_t slots;
} finder;

typedef struct network {
    const double *log_factorial;
    const uint32_t *column; /* [cols] */
    size_t rows, cols, edges;
    double *rest; /* sum of log_factorial over the columns from a stage on [cols + 1] */
    node *nodes;
    size_t n_nodes, node_cap;
    finder by_node;
    path *now, *next;
    size_t n_now, n_next, now_cap, next_cap;
    finder by_path;
    double seen, scale, p;
} network;

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15U;
    return h ^ (h >> 29);
}

static uint64_t hash_node(const network *w, const node *a)
{
    uint64_t h = mix(7, a->stage);
    for (size_t i = 0; i < w->rows; i++)
        h = mix(h, a->left[i]);
    return h;
}

static bool same_node(const network *w, const node *a, const node *b)
{
    return a->stage == b->stage && !memcmp(a->left, b->left, w->rows * sizeof *a->left);
}

static uint64_t hash_path(const path *a)
{
    return mix(mix(11, a->node), (uint64_t)a->key);
}

static dlrn_status too_large(dlrn_error *err)
{
    return dlrn_fail(err, DLRN_EUNSUPPORTED,
                     "Fisher's exact test: the table has too many others like it; use chi-square "
                     "or a Monte Carlo p");
}

static dlrn_status index_new(finder *x, size_t slots, dlrn_error *err)
{
    free(x->slot);
    x->slots = slots;
    return dlrn_alloc_or_fail(&x->slot, slots, err);
}

/* ---- nodes ---- */

static dlrn_status index_nodes(network *w, dlrn_error *err)
{
    const dlrn_status st =
        index_new(&w->by_node, w->by_node.slots ? 2 * w->by_node.slots : 4096, err);
    for (size_t i = 0; st == DLRN_OK && i < w->n_nodes; i++) {
        size_t at = hash_node(w, &w->nodes[i]) & (w->by_node.slots - 1);
        while (w->by_node.slot[at])
            at = (at + 1) & (w->by_node.slots - 1);
        w->by_node.slot[at] = i + 1;
    }
    return st;
}

/* The place of a node; *fresh where it was not there before. */
static dlrn_status find_node(size_t *out, bool *fresh, network *w, const node *a, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    if (2 * (w->n_nodes + 1) > w->by_node.slots) DLRN_TRY(index_nodes(w, err));
    size_t at = hash_node(w, a) & (w->by_node.slots - 1);
    for (; w->by_node.slot[at]; at = (at + 1) & (w->by_node.slots - 1)) {
        *out = w->by_node.slot[at] - 1;
        if (!same_node(w, &w->nodes[*out], a)) continue;
        *fresh = false;
        return DLRN_OK;
    }
    if (w->n_nodes == MOST_NODES) return too_large(err);
    DLRN_TRY(dlrn_grow(&w->nodes, &w->node_cap, w->n_nodes + 1, sizeof *w->nodes, err));
    *fresh = true;
    *out = w->n_nodes++;
    w->nodes[*out] = *a;
    w->by_node.slot[at] = *out + 1;
done:
    return st;
}

/* Goes through the ways to place a node's next column on its rows. */
typedef struct placing {
    uint32_t x[MOST_ROWS], after[MOST_ROWS]; /* placed on each row; what the later rows can take */
    bool begun;
} placing;

static void fill_from(placing *p, size_t row, uint32_t amount, size_t rows)
{
    for (size_t i = row; i < rows; i++) { // as little as can be, so as much as must be
        const uint32_t x = amount > p->after[i] ? amount - p->after[i] : 0;
        p->x[i] = x;
        amount -= x;
    }
}

static bool place_next(placing *p, const network *w, const node *a)
{
    const size_t rows = w->rows;
    if (!p->begun) {
        uint32_t after = 0;
        for (size_t i = rows; i-- > 0; after += a->left[i])
            p->after[i] = after;
        p->begun = true;
        fill_from(p, 0, w->column[a->stage], rows);
        return true;
    }
    uint32_t later = p->x[rows - 1];
    for (size_t i = rows - 1; i-- > 0; later += p->x[i]) {
        if (later == 0 || p->x[i] == a->left[i]) continue;
        p->x[i]++;
        fill_from(p, i + 1, later - 1, rows);
        return true;
    }
    return false;
}

/* The node behind a placement, and the placement's log weight. */
static double follow(node *out, const network *w, const node *a, const placing *p)
{
    double weight = 0;
    *out = (node){.stage = a->stage + 1};
    for (size_t i = 0; i < w->rows; i++) {
        const uint32_t left = a->left[i] - p->x[i];
        size_t k = i;
        weight -= w->log_factorial[p->x[i]];
        for (; k > 0 && out->left[k - 1] > left; k--)
            out->left[k] = out->left[k - 1];
        out->left[k] = left;
    }
    return weight;
}

/* The last column takes what is left. */
static double only_way(const network *w, const node *a)
{
    double weight = 0;
    for (size_t i = 0; i < w->rows; i++)
        weight -= w->log_factorial[a->left[i]];
    return weight;
}

/* Fills most and least of a fresh node and of all behind it. */
static dlrn_status measure(network *w, size_t at, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const node a = w->nodes[at];
    double most = -(double)INFINITY, least = (double)INFINITY;
    placing p = {.begun = false};
    if (a.stage + 1 == w->cols) {
        most = least = only_way(w, &a);
    } else {
        while (place_next(&p, w, &a)) {
            node b;
            size_t to;
            bool fresh;
            const double own = follow(&b, w, &a, &p);
            if (++w->edges > MOST_EDGES) return too_large(err);
            DLRN_TRY(find_node(&to, &fresh, w, &b, err));
            if (fresh) DLRN_TRY(measure(w, to, err));
            most = fmax(most, own + w->nodes[to].most);
            least = fmin(least, own + w->nodes[to].least);
        }
    }
    w->nodes[at].most = most;
    w->nodes[at].least = least;
done:
    return st;
}

/* ---- paths ---- */

static dlrn_status index_paths(network *w, size_t slots, dlrn_error *err)
{
    const dlrn_status st = index_new(&w->by_path, slots, err);
    for (size_t i = 0; st == DLRN_OK && i < w->n_next; i++) {
        size_t at = hash_path(&w->next[i]) & (slots - 1);
        while (w->by_path.slot[at])
            at = (at + 1) & (slots - 1);
        w->by_path.slot[at] = i + 1;
    }
    return st;
}

static dlrn_status add_path(network *w, size_t to, double past, double ways, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const path a = {to, llround(past * 1e10), past, ways};
    if (2 * (w->n_next + 1) > w->by_path.slots) DLRN_TRY(index_paths(w, 2 * w->by_path.slots, err));
    size_t at = hash_path(&a) & (w->by_path.slots - 1);
    for (; w->by_path.slot[at]; at = (at + 1) & (w->by_path.slots - 1)) {
        path *b = &w->next[w->by_path.slot[at] - 1];
        if (b->node != a.node || b->key != a.key) continue;
        b->ways += ways;
        return DLRN_OK;
    }
    if (w->n_next == MOST_PATHS) return too_large(err);
    DLRN_TRY(dlrn_grow(&w->next, &w->next_cap, w->n_next + 1, sizeof *w->next, err));
    w->next[w->n_next++] = a;
    w->by_path.slot[at] = w->n_next;
done:
    return st;
}

/* Log weight of all tables behind a node. */
static double all_ways(const network *w, const node *a)
{
    double weight = -w->rest[a->stage];
    uint32_t total = 0;
    for (size_t i = 0; i < w->rows; i++) {
        weight -= w->log_factorial[a->left[i]];
        total += a->left[i];
    }
    return weight + w->log_factorial[total];
}

static dlrn_status walk(network *w, const path *from, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const node a = w->nodes[from->node];
    placing p = {.begun = false};
    while (place_next(&p, w, &a)) {
        node b;
        size_t to;
        bool fresh;
        const double past = from->past + follow(&b, w, &a, &p);
        if (++w->edges > 2 * MOST_EDGES) return too_large(err);
        DLRN_TRY(find_node(&to, &fresh, w, &b, err));
        if (past + w->nodes[to].least > w->seen) continue; // all behind it are likelier
        if (past + w->nodes[to].most <= w->seen)           // all behind it count
            w->p += from->ways * exp(past + all_ways(w, &w->nodes[to]) - w->scale);
        else
            DLRN_TRY(add_path(w, to, past, from->ways, err));
    }
done:
    return st;
}

static dlrn_status run(network *w, const node *root, dlrn_error *err)
{
    dlrn_status st;
    size_t at;
    bool fresh;
    DLRN_TRY(find_node(&at, &fresh, w, root, err));
    DLRN_TRY(measure(w, at, err));
    w->scale = all_ways(w, root);
    if (w->nodes[at].most <= w->seen) {
        w->p = 1;
        goto done;
    }
    DLRN_TRY(index_paths(w, 4096, err));
    DLRN_TRY(add_path(w, at, 0, 1, err));
    while (w->n_next) {
        path *done_with = w->now;
        const size_t cap = w->now_cap;
        w->now = w->next;
        w->n_now = w->n_next;
        w->now_cap = w->next_cap;
        w->next = done_with;
        w->next_cap = cap;
        w->n_next = 0;
        DLRN_TRY(index_paths(w, 4096, err));
        for (size_t i = 0; i < w->n_now; i++)
            DLRN_TRY(walk(w, &w->now[i], err));
    }
done:
    return st;
}

/* The margins: rows into the root, ascending; columns, the largest first. */
static void take_margins(node *root, uint32_t *column, const double *counts, size_t rows,
                         size_t cols, bool turned)
{
    const size_t own_rows = turned ? cols : rows, own_cols = turned ? rows : cols;
    for (size_t i = 0; i < own_rows; i++) {
        uint32_t sum = 0;
        size_t k = i;
        for (size_t j = 0; j < own_cols; j++)
            sum += (uint32_t)(turned ? counts[j * cols + i] : counts[i * cols + j]);
        for (; k > 0 && root->left[k - 1] > sum; k--)
            root->left[k] = root->left[k - 1];
        root->left[k] = sum;
    }
    for (size_t j = 0; j < own_cols; j++) {
        uint32_t sum = 0;
        size_t k = j;
        for (size_t i = 0; i < own_rows; i++)
            sum += (uint32_t)(turned ? counts[j * cols + i] : counts[i * cols + j]);
        for (; k > 0 && column[k - 1] < sum; k--)
            column[k] = column[k - 1];
        column[k] = sum;
    }
}

dlrn_status fisher_network(double *p, const double *counts, size_t rows, size_t cols,
                           dlrn_error *err)
{
    dlrn_status st;
    const bool turned = rows > cols; // nodes are small where rows are few
    network w = {.rows = turned ? cols : rows, .cols = turned ? rows : cols};
    node root = {.stage = 0};
    double total = 0, *log_factorial = NULL;
    uint32_t *column = NULL;
    for (size_t i = 0; i < rows * cols; i++)
        total += counts[i];
    if (w.rows > MOST_ROWS || w.cols > MOST_COLUMNS || total > MOST_COUNT) return too_large(err);
    DLRN_TRY(dlrn_alloc_or_fail(&log_factorial, (size_t)total + 1, err));
    DLRN_TRY(dlrn_alloc_or_fail(&column, w.cols, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w.rest, w.cols + 1, err));
    for (size_t i = 0; i <= (size_t)total; i++)
        log_factorial[i] = lgamma((double)i + 1);
    take_margins(&root, column, counts, rows, cols, turned);
    w.log_factorial = log_factorial;
    w.column = column;
    for (size_t j = w.cols; j-- > 0;)
        w.rest[j] = w.rest[j + 1] + log_factorial[column[j]];
    for (size_t i = 0; i < rows * cols; i++)
        w.seen -= log_factorial[(size_t)counts[i]];
    w.seen += log1p(1e-7);
    DLRN_TRY(run(&w, &root, err));
    *p = fmin(1, w.p);
done:
    free(w.by_path.slot);
    free(w.by_node.slot);
    free(w.now);
    free(w.next);
    free(w.nodes);
    free(w.rest);
    free(column);
    free(log_factorial);
    return st;
}
