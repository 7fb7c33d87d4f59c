/* SPDX-License-Identifier: Apache-2.0
 *
 * Dealing groups out to parts of given shares.
 */
#include <dlrn/split.h>

#include <stdlib.h>
#include <string.h>

/* Rows are counted by cell: stratum x label; the last two cells are the labels over all strata. */
typedef struct dealer {
    size_t rows, groups, cells;
    size_t *group_of;  /* 0..groups-1 [rows] */
    size_t *cell_of;   /* stratum x label [rows] */
    size_t *row_order; /* rows, those of a group together [rows] */
    size_t *group_at;  /* where in row_order a group begins [groups + 1] */
    double *total;     /* rows of a cell [cells] */
    double *in_part;   /* rows of a part's cell [parts][cells] */
    double *of_group;  /* scratch [cells] */
} dealer;

static void dealer_clear(dealer *d)
{
    free(d->group_of);
    free(d->cell_of);
    free(d->row_order);
    free(d->group_at);
    free(d->total);
    free(d->in_part);
    free(d->of_group);
    *d = (dealer){0};
}

typedef struct keyed {
    size_t key, row;
} keyed;

static int compare_keyed(const void *a, const void *b)
{
    const keyed *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* number[i] = 0..*n-1, the rank of key[i] among the different keys; `order` (may be NULL) becomes
 * the rows in the order of their keys. */
static dlrn_status number_keys(size_t *number, size_t *n, size_t *order, const size_t *key,
                               size_t rows, dlrn_error *err)
{
    keyed *v = dlrn_alloc_array(rows, sizeof *v);
    if (!v) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu rows", rows);
    for (size_t i = 0; i < rows; i++)
        v[i] = (keyed){key ? key[i] : i, i};
    qsort(v, rows, sizeof *v, compare_keyed);
    *n = 0;
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || v[i].key != v[i - 1].key) (*n)++;
        number[v[i].row] = *n - 1;
        if (order) order[i] = v[i].row;
    }
    free(v);
    return DLRN_OK;
}

static dlrn_status dealer_init(dealer *d, const dlrn_split_rows *r, size_t parts, dlrn_error *err)
{
    dlrn_status st;
    size_t strata = 1;
    d->rows = r->rows;
    DLRN_TRY(dlrn_alloc_or_fail(&d->group_of, r->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->cell_of, r->rows, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->row_order, r->rows, err));
    DLRN_TRY(number_keys(d->group_of, &d->groups, d->row_order, r->group, r->rows, err));
    if (r->stratum) DLRN_TRY(number_keys(d->cell_of, &strata, NULL, r->stratum, r->rows, err));
    d->cells = 2 * strata + 2;
    DLRN_TRY(dlrn_alloc_or_fail(&d->total, d->cells, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->of_group, d->cells, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->in_part, parts * d->cells, err));
    DLRN_TRY(dlrn_alloc_or_fail(&d->group_at, d->groups + 1, err));
    for (size_t i = 0; i < r->rows; i++) {
        d->cell_of[i] = 2 * d->cell_of[i] + r->label[i];
        d->total[d->cell_of[i]]++;
        d->total[2 * strata + r->label[i]]++;
        d->group_at[d->group_of[i] + 1]++;
    }
    for (size_t g = 0; g < d->groups; g++)
        d->group_at[g + 1] += d->group_at[g];
done:
    return st;
}

static void count_group(dealer *d, size_t g, const uint8_t *label)
{
    memset(d->of_group, 0, d->cells * sizeof *d->of_group);
    for (size_t k = d->group_at[g]; k < d->group_at[g + 1]; k++) {
        const size_t i = d->row_order[k];
        d->of_group[d->cell_of[i]]++;
        d->of_group[d->cells - 2 + label[i]]++;
    }
}

/* How much the sum of squared shares grows when the group at hand goes to this part: the part that
 * is furthest behind grows it least. */
static double cost(const dealer *d, size_t part, double share)
{
    const double *have = d->in_part + part * d->cells;
    double sum = 0;
    for (size_t c = 0; c < d->cells; c++) {
        if (d->of_group[c] == 0) continue;
        const double add = d->of_group[c] / d->total[c];
        sum += add * (2 * have[c] / d->total[c] + add) / share;
    }
    return sum;
}

static void deal(size_t *part_of, dealer *d, const size_t *order, const uint8_t *label,
                 const double *share, size_t parts)
{
    for (size_t o = 0; o < d->groups; o++) {
        const size_t g = order[o];
        size_t best = 0;
        double least = 0;
        count_group(d, g, label);
        for (size_t p = 0; p < parts; p++) {
            const double c = cost(d, p, share[p]);
            // shares are sums of fractions: a difference of rounding is a tie, and the first wins
            if (p == 0 || c < least * (1 - 1e-12)) {
                best = p;
                least = c;
            }
        }
        for (size_t c = 0; c < d->cells; c++)
            d->in_part[best * d->cells + c] += d->of_group[c];
        for (size_t k = d->group_at[g]; k < d->group_at[g + 1]; k++)
            part_of[d->row_order[k]] = best;
    }
}

/* Groups in random order, the larger first: small ones can still even out what these upset. */
static dlrn_status order_groups(size_t *order, const dealer *d, uint64_t seed, dlrn_error *err)
{
    dlrn_status st;
    dlrn_rng rng;
    size_t *shuffled = NULL, *rank = NULL;
    double *size = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&shuffled, d->groups, err));
    DLRN_TRY(dlrn_alloc_or_fail(&rank, d->groups, err));
    DLRN_TRY(dlrn_alloc_or_fail(&size, d->groups, err));
    for (size_t g = 0; g < d->groups; g++)
        shuffled[g] = g;
    dlrn_rng_seed(&rng, seed, 0);
    dlrn_rng_shuffle(&rng, shuffled, d->groups);
    for (size_t k = 0; k < d->groups; k++)
        size[k] = -(double)(d->group_at[shuffled[k] + 1] - d->group_at[shuffled[k]]);
    dlrn_sort_index(rank, size, d->groups);
    for (size_t k = 0; k < d->groups; k++)
        order[k] = shuffled[rank[k]];
done:
    free(shuffled);
    free(rank);
    free(size);
    return st;
}

static dlrn_status check_groups(const dealer *d, const uint8_t *label, size_t least,
                                const char *purpose, dlrn_error *err)
{
    size_t with[2] = {0, 0};
    for (size_t g = 0; g < d->groups; g++) {
        bool has[2] = {false, false};
        for (size_t k = d->group_at[g]; k < d->group_at[g + 1]; k++)
            has[label[d->row_order[k]]] = true;
        with[0] += has[0];
        with[1] += has[1];
    }
    for (int l = 1; l >= 0; l--)
        if (with[l] < least)
            return dlrn_fail(err, DLRN_EINVAL,
                             "%zu of %zu patients have a row with label %d; %s of patients needs "
                             "%zu at least: take fewer folds or more patients",
                             with[l], d->groups, l, purpose, least);
    return DLRN_OK;
}

static dlrn_status deal_parts(size_t *part, const dlrn_split_rows *r, const double *share,
                              size_t parts, uint64_t seed, dlrn_error *err)
{
    dlrn_status st;
    dealer d = {0};
    size_t *order = NULL;
    DLRN_TRY(dealer_init(&d, r, parts, err));
    DLRN_TRY(check_groups(&d, r->label, parts, "a split", err));
    DLRN_TRY(dlrn_alloc_or_fail(&order, d.groups, err));
    DLRN_TRY(order_groups(order, &d, seed, err));
    deal(part, &d, order, r->label, share, parts);
done:
    free(order);
    dealer_clear(&d);
    return st;
}

dlrn_status dlrn_folds(size_t *fold, const dlrn_split_rows *r, size_t k, uint64_t seed,
                       dlrn_error *err)
{
    if (k < 2) return dlrn_fail(err, DLRN_EINVAL, "%zu folds: two at least are needed", k);
    double *share = dlrn_alloc_array(k, sizeof *share);
    if (!share) return dlrn_fail(err, DLRN_ENOMEM, "out of memory for %zu folds", k);
    for (size_t f = 0; f < k; f++)
        share[f] = 1.0 / (double)k;
    const dlrn_status st = deal_parts(fold, r, share, k, seed, err);
    free(share);
    return st;
}

dlrn_status dlrn_split(uint8_t *part, const dlrn_split_rows *r, double share, uint64_t seed,
                       dlrn_error *err)
{
    dlrn_status st;
    size_t *of = NULL;
    const double shares[2] = {1 - share, share};
    if (!(share > 0 && share < 1))
        return dlrn_fail(err, DLRN_EINVAL, "a share of %g: expected between 0 and 1", share);
    DLRN_TRY(dlrn_alloc_or_fail(&of, r->rows, err));
    DLRN_TRY(deal_parts(of, r, shares, 2, seed, err));
    for (size_t i = 0; i < r->rows; i++)
        part[i] = (uint8_t)of[i];
done:
    free(of);
    return st;
}
