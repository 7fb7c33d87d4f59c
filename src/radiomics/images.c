/* SPDX-License-Identifier: Apache-2.0
 *
 * The images that the enabled image types make of a case.
 */
#include "radiomics/images.h"

#include <stdlib.h>
#include <string.h>

void dlrn_rad_image_release(dlrn_rad_images *images, size_t i)
{
    if (images->v[i].owned) dlrn_image_clear(&images->v[i].image);
    images->v[i].owned = false;
}

void dlrn_rad_images_clear(dlrn_rad_images *images)
{
    for (size_t i = 0; i < images->n; i++)
        dlrn_rad_image_release(images, i);
    free(images->v);
    *images = (dlrn_rad_images){0};
}

static dlrn_status add(dlrn_rad_images *out, const char *name, const dlrn_image *image,
                       size_t choice, dlrn_error *err)
{
    const dlrn_status st = dlrn_grow(&out->v, &out->cap, out->n + 1, sizeof *out->v, err);
    if (st != DLRN_OK) return st;
    dlrn_rad_image *im = &out->v[out->n++];
    *im = (dlrn_rad_image){.choice = choice};
    if (image) im->image = *image;
    snprintf(im->name, sizeof im->name, "%s", name);
    return DLRN_OK;
}

static dlrn_status make(dlrn_rad_images *out, const dlrn_radiomics *s, const dlrn_image *image,
                        const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    for (size_t i = 0; i < s->n_images; i++) {
        const dlrn_rad_image_type type = s->image[i].type;
        if (type != DLRN_RAD_ORIGINAL) {
            dlrn_log(ex, DLRN_LOG_WARNING,
                     "the image type %s is not built in yet: no such features",
                     dlrn_rad_image_type_names[type]);
            continue;
        }
        DLRN_TRY(add(out, "original", image, i, err));
    }
done:
    return st;
}

dlrn_status dlrn_rad_images_make(dlrn_rad_images *out, const dlrn_radiomics *s,
                                 const dlrn_rad_case *c, const dlrn_exec *ex, dlrn_error *err)
{
    return make(out, s, &c->image, ex, err);
}

dlrn_status dlrn_rad_image_names(dlrn_rad_images *out, const dlrn_radiomics *s, int ndim,
                                 const int64_t dim[3], dlrn_error *err)
{
    (void)ndim;
    (void)dim;
    return make(out, s, NULL, NULL, err);
}
