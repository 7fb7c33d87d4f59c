/* SPDX-License-Identifier: Apache-2.0
 *
 * Grad-CAM for features after the average pool: Selvaraju et al., ICCV 2017, where the gradient of
 * the score with respect to map k is the same everywhere.
 */
#include <dlrn/deep.h>

#include "nn/resnet50.h"

#include <stdlib.h>

/* sum_k weight[k] map[k][at], not below 0 */
static double heat(const float *map, size_t area, const double *weight, size_t at)
{
    double sum = 0;
    for (size_t k = 0; k < NN_CHANNELS; k++)
        sum += weight[k] * (double)map[k * area + at];
    return sum > 0 ? sum : 0;
}

/* Where pixel i of n lies between the pixels of `side`: the lower one, and the share of the upper.
 */
static int place(double *share, int i, int n, int side)
{
    double x = (i + 0.5) * side / n - 0.5;
    if (x < 0) x = 0;
    if (x > side - 1) x = side - 1;
    const int low = (int)x < side - 1 ? (int)x : side - 1;
    *share = x - low;
    return low;
}

dlrn_status dlrn_gradcam(float *out, const float *map, int side, const double *weight, int size,
                         dlrn_error *err)
{
    const size_t area = (size_t)side * (size_t)side;
    double *cam, down, right;
    const dlrn_status st = dlrn_alloc_or_fail(&cam, area, err);
    if (st != DLRN_OK) return st;
    for (size_t i = 0; i < area; i++)
        cam[i] = heat(map, area, weight, i);
    for (int y = 0; y < size; y++) {
        const int top = place(&down, y, size, side);
        const double *a = cam + (size_t)top * (size_t)side, *b = top + 1 < side ? a + side : a;
        for (int x = 0; x < size; x++) {
            const int left = place(&right, x, size, side), next = left + (left + 1 < side);
            const double upper = a[left] + right * (a[next] - a[left]);
            const double lower = b[left] + right * (b[next] - b[left]);
            *out++ = (float)(upper + down * (lower - upper));
        }
    }
    free(cam);
    return DLRN_OK;
}
