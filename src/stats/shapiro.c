/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapiro-Wilk, algorithm AS R94: Royston, Appl Stat 1995;44:547, in double precision.
 */
#include <dlrn/special.h>
#include <dlrn/tests.h>

#include <math.h>
#include <stdlib.h>

static double polynomial(const double *c, size_t n, double x)
{
    double y = 0;
    while (n-- > 0)
        y = y * x + c[n];
    return y;
}

/* Coefficients of the larger half of the sample, largest value first: a[n / 2]. */
static void coefficients(double *a, size_t n)
{
    static const double c1[] = {0, .221157, -.147981, -2.07119, 4.434685, -2.706056};
    static const double c2[] = {0, .042981, -.293762, -1.752461, 5.682633, -3.582633};
    const size_t half = n / 2;
    if (n == 3) {
        a[0] = sqrt(0.5);
        return;
    }
    double squares = 0;
    for (size_t i = 0; i < half; i++) {
        a[i] = -dlrn_normal_quantile(((double)(i + 1) - 0.375) / ((double)n + 0.25));
        squares += 2 * a[i] * a[i];
    }
    const double root = 1 / sqrt((double)n), first = a[0], second = half > 1 ? a[1] : 0;
    const size_t fitted = n > 5 ? 2 : 1; // these come from the polynomials
    a[0] = polynomial(c1, 6, root) + first / sqrt(squares);
    double rest = squares - 2 * first * first, share = 1 - 2 * a[0] * a[0];
    if (fitted == 2) {
        a[1] = polynomial(c2, 6, root) + second / sqrt(squares);
        rest -= 2 * second * second;
        share -= 2 * a[1] * a[1];
    }
    for (size_t i = fitted; i < half; i++)
        a[i] /= sqrt(rest / share);
}

/* 1 - W of x[n], sorted and centred. */
static double one_minus_w(const double *x, const double *a, size_t n)
{
    const double range = x[n - 1] - x[0];
    double mean = 0, aa = 0, xx = 0, ax = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / range;
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        const size_t other = n - 1 - i;
        const double c = i == other ? 0 : i < other ? -a[i] : a[other];
        const double d = x[i] / range - mean;
        aa += c * c;
        xx += d * d;
        ax += c * d;
    }
    const double both = sqrt(aa * xx);
    return (both - ax) * (both + ax) / (aa * xx);
}

static double p_value(double rest, size_t n)
{
    static const double g[] = {-2.273, .459};
    static const double c3[] = {.544, -.39978, .025054, -6.714e-4};
    static const double c4[] = {1.3822, -.77857, .062767, -.0020322};
    static const double c5[] = {-1.5861, -.31082, -.083751, .0038915};
    static const double c6[] = {-.4803, -.082676, .0030302};
    const double size = (double)n, log_size = log(size);
    if (n == 3) {
        const double p = 1.90985931710274 * (asin(sqrt(1 - rest)) - 1.04719755119660);
        return p > 0 ? p : 0;
    }
    double y = log(rest), mean, sd;
    if (n <= 11) {
        const double gamma = polynomial(g, 2, size);
        if (y >= gamma) return 1e-99;
        y = -log(gamma - y);
        mean = polynomial(c3, 4, size);
        sd = exp(polynomial(c4, 4, size));
    } else {
        mean = polynomial(c5, 4, log_size);
        sd = exp(polynomial(c6, 3, log_size));
    }
    return dlrn_normal_upper((y - mean) / sd);
}

dlrn_status dlrn_shapiro(dlrn_test *out, const double *v, size_t n, dlrn_error *err)
{
    dlrn_status st;
    size_t *order = NULL;
    double *x = NULL, *a = NULL;
    if (n < 3 || n > 5000)
        return dlrn_fail(err, DLRN_EINVAL, "Shapiro-Wilk takes 3 to 5,000 values, found %zu", n);
    DLRN_TRY(dlrn_alloc_or_fail(&order, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&x, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&a, n / 2, err));
    dlrn_sort_index(order, v, n);
    const double median = v[order[n / 2]];
    for (size_t i = 0; i < n; i++)
        x[i] = v[order[i]] - median;
    if (!(x[n - 1] > x[0])) {
        st = dlrn_fail(err, DLRN_ENUMERIC, "Shapiro-Wilk: all %zu values are equal", n);
        goto done;
    }
    coefficients(a, n);
    const double rest = one_minus_w(x, a, n);
    *out = (dlrn_test){1 - rest, (double)NAN, p_value(rest, n)};
done:
    free(a);
    free(x);
    free(order);
    return st;
}
