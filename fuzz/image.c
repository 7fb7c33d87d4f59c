/* SPDX-License-Identifier: Apache-2.0
 *
 * One reader of images on arbitrary bytes; READER is set by the build. Whatever they are, the
 * answer is a whole image or a message.
 */
#include "fuzz.h"

#include <stdlib.h>

static void read_once(const uint8_t *data, size_t size, int64_t channel)
{
    dlrn_image im = {0};
    dlrn_error err = {0};
    const dlrn_status st = READER(&im, data, size, channel, &err);
    if (st != DLRN_OK && (err.code != st || !err.msg[0])) abort();
    if (st == DLRN_OK) {
        if (!im.v == !im.raw || im.dim[0] < 1 || im.dim[1] < 1 || im.dim[2] < 1) abort();
        if (im.ndim != 3 && (im.ndim != 2 || im.dim[2] != 1)) abort();
        const size_t last = (size_t)(im.dim[0] * im.dim[1] * im.dim[2]) - 1;
        double *copy = dlrn_alloc_array(2, sizeof *copy);
        if (copy) {
            dlrn_image_values(copy, &im, 0, 1);
            dlrn_image_values(copy + 1, &im, last, 1);
        }
        free(copy);
    }
    dlrn_image_clear(&im);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0; // dlrn_image_read_mem answers for these
    read_once(data, size, DLRN_PLAIN);
    read_once(data, size, 1); // as a mask of channels
    return 0;
}
