/* SPDX-License-Identifier: Apache-2.0
 *
 * Round ticks (Becker, Chambers & Wilks 1988, "pretty") and nomogram points.
 */
#include <dlrn/nomogram.h>

#include <dlrn/logistic.h>

#include <math.h>
#include <stdlib.h>

/* The round unit nearest above `cell`, with R's bias 1.5 towards larger units. */
static double round_unit(double cell)
{
    const double h = 1.5, h5 = 0.5 + 1.5 * h, base = pow(10, floor(log10(cell)));
    double unit = base;
    if (2 * base - cell < h * (cell - unit)) unit = 2 * base;
    if (unit > base && 5 * base - cell < h5 * (cell - unit)) unit = 5 * base;
    if (unit > 2 * base && 10 * base - cell < h * (cell - unit)) unit = 10 * base;
    return unit;
}

dlrn_status dlrn_pretty(double **out, size_t *count, double lo, double hi, size_t n,
                        dlrn_error *err)
{
    if (!(isfinite(lo) && isfinite(hi) && isfinite(hi - lo) && lo <= hi) || n == 0)
        return dlrn_fail(err, DLRN_EINVAL, "ticks from %g to %g", lo, hi);
    const double width = hi - lo, eps = 1e-10, least = (double)(n / 3);
    double cell = fmax(fabs(lo), fabs(hi));
    if (cell == 0) cell = 1;
    if (width < cell * 3 * 1.5 / 3.75 * (double)n * 2.220446049250313e-16 || width == 0) {
        if (cell > 10) cell = 9 + cell / 10;
        cell *= 0.75;
        if (least > 1) cell /= least;
    } else {
        cell = width / (double)n;
    }
    const double unit = round_unit(cell);
    double from = floor(lo / unit + eps), to = ceil(hi / unit - eps);
    while (from * unit > lo + eps * unit)
        from--;
    while (to * unit < hi - eps * unit)
        to++;
    const double more = floor(0.5 + least - (to - from));
    if (more > 0) {
        const double half = floor(more / 2);
        if (lo == 0 && from == 0 && hi != 0) {
            to += more;
        } else if (from >= 0) {
            to += half;
            from -= more - half;
        } else {
            from -= half;
            to += more - half;
        }
    }
    *count = (size_t)(to - from + 0.5) + 1;
    dlrn_status st = dlrn_alloc_or_fail(out, *count, err);
    for (size_t i = 0; st == DLRN_OK && i < *count; i++)
        (*out)[i] = (from + (double)i) * unit;
    return st;
}

static double least_of(const dlrn_nomogram_term *t, double *most)
{
    double least = t->contribution[0];
    *most = least;
    for (size_t i = 1; i < t->ticks; i++) {
        least = fmin(least, t->contribution[i]);
        *most = fmax(*most, t->contribution[i]);
    }
    return least;
}

/* Up to where the total axis goes: the last pretty tick over the rows' linear predictors, and 100
 * at least. */
static dlrn_status reach_of_rows(double *reach, const dlrn_nomogram *m, const double lp_range[2],
                                 dlrn_error *err)
{
    double *tick = NULL;
    size_t ticks;
    dlrn_status st = dlrn_pretty(&tick, &ticks, lp_range[0], lp_range[1], 10, err);
    if (st != DLRN_OK) return st;
    *reach = 100;
    if (m->terms > 1) *reach = fmax(100, (tick[ticks - 1] - m->lp_at_zero) * m->points_per_lp);
    free(tick);
    return DLRN_OK;
}

dlrn_status dlrn_nomogram_build(dlrn_nomogram *out, double intercept,
                                const dlrn_nomogram_term *term, size_t terms,
                                const double lp_range[2], dlrn_error *err)
{
    dlrn_status st;
    dlrn_nomogram m = {.terms = terms, .lp_at_zero = intercept};
    double widest = 0, sum = 0, most;

    for (size_t k = 0; k < terms; k++) {
        if (term[k].ticks == 0)
            return dlrn_fail(err, DLRN_EINVAL, "term %zu of the nomogram has no tick", k + 1);
        const double least = least_of(&term[k], &most);
        widest = fmax(widest, most - least);
        sum += most - least;
        m.lp_at_zero += least;
    }
    if (!(widest > 1e-12 && isfinite(widest)))
        return dlrn_fail(err, DLRN_EINVAL, "no term of the nomogram changes the prediction");
    m.points_per_lp = 100 / widest;
    DLRN_TRY(dlrn_alloc_or_fail(&m.points, terms, err));
    for (size_t k = 0; k < terms; k++) {
        DLRN_TRY(dlrn_alloc_or_fail(&m.points[k], term[k].ticks, err));
        const double least = least_of(&term[k], &most);
        for (size_t i = 0; i < term[k].ticks; i++)
            m.points[k][i] = (term[k].contribution[i] - least) * m.points_per_lp;
    }
    double reach = sum * m.points_per_lp;
    if (lp_range) DLRN_TRY(reach_of_rows(&reach, &m, lp_range, err));
    DLRN_TRY(dlrn_pretty(&m.total, &m.totals, 0, reach, 10, err));
    DLRN_TRY(dlrn_alloc_or_fail(&m.probability, m.totals, err));
    for (size_t i = 0; i < m.totals; i++)
        m.probability[i] = dlrn_logistic_probability(m.lp_at_zero + m.total[i] / m.points_per_lp);
    *out = m;
    m = (dlrn_nomogram){0};
done:
    dlrn_nomogram_clear(&m);
    return st;
}

void dlrn_nomogram_clear(dlrn_nomogram *m)
{
    for (size_t k = 0; m->points && k < m->terms; k++)
        free(m->points[k]);
    free(m->points);
    free(m->total);
    free(m->probability);
    *m = (dlrn_nomogram){0};
}

double dlrn_nomogram_total(const dlrn_nomogram *m, double lp)
{
    return (lp - m->lp_at_zero) * m->points_per_lp;
}

size_t dlrn_nomogram_probability_axis(double at[DLRN_NOMOGRAM_PROBABILITIES],
                                      double probability[DLRN_NOMOGRAM_PROBABILITIES],
                                      const dlrn_nomogram *m)
{
    static const double round[DLRN_NOMOGRAM_PROBABILITIES] = {0.01, 0.05, 0.1, 0.2, 0.3,  0.4, 0.5,
                                                              0.6,  0.7,  0.8, 0.9, 0.95, 0.99};
    const double most = m->totals ? m->total[m->totals - 1] : 0;
    size_t n = 0;
    for (size_t k = 0; k < DLRN_NOMOGRAM_PROBABILITIES; k++) {
        const double points = dlrn_nomogram_total(m, log(round[k] / (1 - round[k])));
        if (!(points >= 0 && points <= most)) continue;
        at[n] = points;
        probability[n++] = round[k];
    }
    return n;
}
