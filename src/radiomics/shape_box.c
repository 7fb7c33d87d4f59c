/* SPDX-License-Identifier: Apache-2.0
 *
 * The padded crop of a mask and its covariance.
 */
#include "radiomics/shape_box.h"

#include <stdlib.h>
#include <string.h>

#include "base/linalg.h"
#include "radiomics/runs.h"

dlrn_status dlrn_shape_box_make(dlrn_shape_box *b, const dlrn_mask *mask, const int64_t lo[3],
                                const int64_t size[3], dlrn_error *err)
{
    *b = (dlrn_shape_box){0};
    int64_t from[3], n[3];
    for (int k = 0; k < 3; k++) {
        const int64_t end = lo[k] + size[k] < mask->dim[k] ? lo[k] + size[k] : mask->dim[k];
        from[k] = lo[k] > 0 ? lo[k] : 0;
        n[k] = end - from[k];
        if (n[k] < 1)
            return dlrn_fail(err, DLRN_EINVAL,
                             "the region's box lies outside the mask (axis %c: from %lld, size "
                             "%lld, mask %lld)",
                             "xyz"[k], (long long)lo[k], (long long)size[k],
                             (long long)mask -> dim[k]);
        b->dim[k] = n[k] + 2;
    }
    const dlrn_status st =
        dlrn_alloc_or_fail(&b->v, (size_t)(b->dim[0] * b->dim[1] * b->dim[2]), err);
    if (st != DLRN_OK) return st;
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++) {
            const uint8_t *src =
                mask->v + ((z + from[2]) * mask->dim[1] + y + from[1]) * mask->dim[0] + from[0];
            memcpy(b->v + ((z + 1) * b->dim[1] + y + 1) * b->dim[0] + 1, src, (size_t)n[0]);
            for (int64_t begin, end = 0; dlrn_next_run(&begin, &end, src, n[0]);)
                b->n += end - begin;
        }
    if (b->n) return DLRN_OK;
    dlrn_shape_box_clear(b);
    return dlrn_fail(err, DLRN_EINVAL, "the region's box holds no voxel of the mask");
}

void dlrn_shape_box_clear(dlrn_shape_box *b)
{
    free(b->v);
    *b = (dlrn_shape_box){0};
}

__extension__ typedef __int128 wide;

/* 0 + 1 + 4 + ... + (n - 1)^2 */
static wide squares_below(int64_t n)
{
    return (wide)(n - 1) * n * (2 * n - 1) / 6;
}

dlrn_status dlrn_shape_eigenvalues(double w[3], const dlrn_shape_box *b, const double spacing_mm[3],
                                   dlrn_error *err)
{
    // whole sums, so that a region without extent along an axis has exactly no variance there
    wide s[3] = {0}, ss[3][3] = {{0}};
    const uint8_t *v = b->v;
    for (int64_t z = 0; z < b->dim[2]; z++)
        for (int64_t y = 0; y < b->dim[1]; y++, v += b->dim[0]) {
            wide n = 0, sx = 0, sxx = 0;
            for (int64_t begin, end = 0; dlrn_next_run(&begin, &end, v, b->dim[0]);) {
                n += end - begin;
                sx += (wide)(begin + end - 1) * (end - begin) / 2;
                sxx += squares_below(end) - squares_below(begin);
            }
            const wide line[3] = {sx, n * y, n * z};
            for (int k = 0; k < 3; k++)
                s[k] += line[k];
            ss[0][0] += sxx;
            ss[0][1] += line[0] * y;
            ss[0][2] += line[0] * z;
            ss[1][1] += line[1] * y;
            ss[1][2] += line[1] * z;
            ss[2][2] += line[2] * z;
        }
    double cov[9];
    const double nn = (double)b->n * (double)b->n;
    for (int i = 0; i < 3; i++)
        for (int j = i; j < 3; j++) {
            const wide c = ss[i][j] * b->n - s[i] * s[j];
            cov[3 * i + j] = cov[3 * j + i] = (double)c / nn * spacing_mm[i] * spacing_mm[j];
        }
    const dlrn_status st = dlrn_eigen_symmetric(w, cov, 3, err);
    if (st != DLRN_OK) return st;
    for (int k = 0; k < 3; k++)
        if (w[k] < 0 && w[k] > -1e-10) w[k] = 0;
    return DLRN_OK;
}
