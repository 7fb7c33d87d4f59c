/* SPDX-License-Identifier: Apache-2.0
 *
 * B-spline coefficients by recursive filters, as ITK's BSplineDecompositionImageFilter.
 */
#include "radiomics/interpolate.h"

#include <math.h>
#include <stdlib.h>

int64_t dlrn_mirror_index(int64_t i, int64_t n)
{
    if (n == 1) return 0;
    const int64_t period = 2 * n - 2;
    i = (i % period + period) % period;
    return i < n ? i : period - i;
}

/* Number of poles of a spline's order, and the poles. */
static int find_poles(double z[2], int order)
{
    switch (order) {
    case 2: z[0] = sqrt(8) - 3; return 1;
    case 3: z[0] = sqrt(3) - 2; return 1;
    case 4:
        z[0] = sqrt(664 - sqrt(438976)) + sqrt(304) - 19;
        z[1] = sqrt(664 + sqrt(438976)) - sqrt(304) - 19;
        return 2;
    case 5:
        z[0] = sqrt(135.0 / 2 - sqrt(17745.0 / 4)) + sqrt(105.0 / 4) - 13.0 / 2;
        z[1] = sqrt(135.0 / 2 + sqrt(17745.0 / 4)) - sqrt(105.0 / 4) - 13.0 / 2;
        return 2;
    default: return 0;
    }
}

static double first_coefficient(const double *c, int64_t n, double z)
{
    const int64_t horizon = (int64_t)ceil(log(1e-10) / log(fabs(z)));
    double sum = c[0], zn = z;
    if (horizon < n) {
        for (int64_t i = 1; i < horizon; i++, zn *= z)
            sum += zn * c[i];
        return sum;
    }
    const double iz = 1 / z;
    double z2n = pow(z, (double)(n - 1));
    sum = c[0] + z2n * c[n - 1];
    z2n *= z2n * iz;
    for (int64_t i = 1; i <= n - 2; i++, zn *= z, z2n *= iz)
        sum += (zn + z2n) * c[i];
    return sum / (1 - zn * zn);
}

static void filter_line(double *c, int64_t n, const double *z, int n_poles)
{
    double gain = 1;
    for (int k = 0; k < n_poles; k++)
        gain = gain * (1 - z[k]) * (1 - 1 / z[k]);
    for (int64_t i = 0; i < n; i++)
        c[i] *= gain;
    for (int k = 0; k < n_poles; k++) {
        const double p = z[k];
        c[0] = first_coefficient(c, n, p);
        for (int64_t i = 1; i < n; i++)
            c[i] += p * c[i - 1];
        c[n - 1] = p / (p * p - 1) * (p * c[n - 2] + c[n - 1]);
        for (int64_t i = n - 2; i >= 0; i--)
            c[i] = p * (c[i + 1] - c[i]);
    }
}

dlrn_status dlrn_spline_filter(double *v, const int64_t dim[3], int order, dlrn_error *err)
{
    dlrn_status st;
    double *line = NULL, z[2];
    const int64_t all = dim[0] * dim[1] * dim[2];
    const int n_poles = find_poles(z, order);
    int64_t stride = 1;
    DLRN_TRY(dlrn_alloc_or_fail(&line, (size_t)(dim[0] + dim[1] + dim[2]), err));
    for (int a = 0; a < 3; stride *= dim[a++]) {
        if (dim[a] == 1) continue;
        for (int64_t l = 0; l < all / dim[a]; l++) {
            double *first = v + l / stride * stride * dim[a] + l % stride;
            for (int64_t i = 0; i < dim[a]; i++)
                line[i] = first[i * stride];
            filter_line(line, dim[a], z, n_poles);
            for (int64_t i = 0; i < dim[a]; i++)
                first[i * stride] = line[i];
        }
    }
done:
    free(line);
    return st;
}
