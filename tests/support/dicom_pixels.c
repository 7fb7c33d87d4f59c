/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints the size and the SHA-256 of an image's pixels, for tools/golden/pydicom_pixels.py.
 */
#include <dlrn/image.h>

#include <inttypes.h>

int main(int argc, char **argv)
{
    dlrn_image im;
    dlrn_error err;
    char hex[65];
    if (argc != 2) return 2;
    if (dlrn_image_read(&im, argv[1], &err) != DLRN_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    dlrn_sha256_hex(hex, im.v, (size_t)(im.dim[0] * im.dim[1]) * sizeof *im.v);
    printf("%" PRId64 " %" PRId64 " %s\n", im.dim[0], im.dim[1], hex);
    dlrn_image_clear(&im);
    return 0;
}
