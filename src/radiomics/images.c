/* SPDX-License-Identifier: Apache-2.0
 *
 * The images that the enabled image types make of a case.
 */
#include "radiomics/images.h"

#include "radiomics/filters.h"

#include <stdlib.h>
#include <string.h>

void dlrn_rad_image_clear(dlrn_rad_image *im)
{
    if (im->owned) dlrn_image_clear(&im->image);
    im->owned = false;
}

/* Filters' options from the settings of image choice i; sigma[] holds the scales. */
static void filter_options(dlrn_filter_opts *o, dlrn_sigma *sigma, const dlrn_radiomics *s,
                           size_t i)
{
    const dlrn_rad_value *scales = dlrn_rad_get(s, i, DLRN_RAD_SIGMA);
    *o = (dlrn_filter_opts){.sigma = sigma, .n_sigma = scales->null ? 0 : scales->n};
    for (size_t k = 0; k < o->n_sigma; k++)
        sigma[k] = (dlrn_sigma){scales->v[k], scales->whole[k]};
    o->wavelet = dlrn_rad_word(s, i, DLRN_RAD_WAVELET);
    o->level = (int)dlrn_rad_number(s, i, DLRN_RAD_LEVEL);
    o->start_level = (int)dlrn_rad_number(s, i, DLRN_RAD_START_LEVEL);
    o->no_gradient_spacing = !dlrn_rad_bool(s, i, DLRN_RAD_GRADIENT_USE_SPACING);
    o->lbp2d_radius = dlrn_rad_number(s, i, DLRN_RAD_LBP2D_RADIUS);
    o->lbp2d_samples = (int)dlrn_rad_number(s, i, DLRN_RAD_LBP2D_SAMPLES);
    o->lbp2d_method = dlrn_rad_word(s, i, DLRN_RAD_LBP2D_METHOD);
    o->lbp3d_levels = (int)dlrn_rad_number(s, i, DLRN_RAD_LBP3D_LEVELS);
    o->lbp3d_radius = dlrn_rad_number(s, i, DLRN_RAD_LBP3D_ICOSPHERE_RADIUS);
    o->lbp3d_subdivision = (int)dlrn_rad_number(s, i, DLRN_RAD_LBP3D_ICOSPHERE_SUBDIVISION);
    o->force2d = dlrn_rad_bool(s, i, DLRN_RAD_FORCE_2D);
    o->force2d_dimension = (int)dlrn_rad_number(s, i, DLRN_RAD_FORCE_2D_DIMENSION);
}

/* Whose images go where. */
typedef struct target {
    size_t choice;
    dlrn_rad_image_fn *fn;
    void *user;
    double *room; /* of filtered pixels that are soon done with */
    bool at_once;
} target;

static dlrn_status hand_over(void *user, const dlrn_filtered_image *made, dlrn_error *err)
{
    const target *t = user;
    dlrn_rad_image im = {
        .image = made->image, .owned = made->image.v != t->room, .choice = t->choice};
    snprintf(im.name, sizeof im.name, "%s", made->name);
    return t->fn(t->user, &im, err);
}

/* The images of one type, whose values are wanted in a box. */
static dlrn_status each_of_type(target *t, const dlrn_radiomics *s, const dlrn_rad_case *c,
                                const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_filter_opts o;
    dlrn_sigma sigma[DLRN_RAD_MAX_LIST];
    dlrn_filtered f = {.sink = hand_over, .user = t, .room = t->at_once ? &t->room : NULL};
    const dlrn_rad_image_type type = s->image[t->choice].type;
    if (type == DLRN_RAD_ORIGINAL) {
        const dlrn_rad_image im = {"original", c->image, false, t->choice};
        return t->fn(t->user, &im, err);
    }
    filter_options(&o, sigma, s, t->choice);
    if (type == DLRN_RAD_LOG && !o.n_sigma)
        dlrn_log(ex, DLRN_LOG_WARNING,
                 "LoG has no sigma, so it gives no image: add one, as LoG: {sigma: [1.0]}");
    o.lo = c->lo;
    o.size = c->size;
    o.region = c->mask.v;
    const dlrn_status st =
        dlrn_filter_apply(&f, &c->image, dlrn_rad_image_type_names[type], &o, ex, err);
    dlrn_filtered_clear(&f);
    return st;
}

dlrn_status dlrn_rad_each_image(const dlrn_radiomics *s, const dlrn_rad_case *c, bool at_once,
                                dlrn_rad_image_fn *fn, void *user, const dlrn_exec *ex,
                                dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    target t = {.fn = fn, .user = user, .at_once = at_once};
    for (; t.choice < s->n_images && st == DLRN_OK; t.choice++)
        st = each_of_type(&t, s, c, ex, err);
    free(t.room);
    return st;
}

dlrn_status dlrn_rad_each_name(const dlrn_radiomics *s, int ndim, const int64_t dim[3],
                               dlrn_rad_image_fn *fn, void *user, dlrn_error *err)
{
    // the filters name what they make, so they are run on a small image of the same kind
    dlrn_status st;
    dlrn_rad_case c = {.size = {1, 1, 1}};
    int64_t small[3];
    const bool slice = dim[2] == 1 && dlrn_rad_bool(s, SIZE_MAX, DLRN_RAD_SLICE_AS_2D);
    const int64_t most = ndim == 2 || dim[2] == 1 ? 64 : 32;
    for (int k = 0; k < 3; k++)
        small[k] = dim[k] < most ? dim[k] : most;
    DLRN_TRY(dlrn_image_alloc(&c.image, slice ? 2 : ndim, small, err));
    DLRN_TRY(dlrn_rad_each_image(s, &c, false, fn, user, NULL, err));
done:
    dlrn_image_clear(&c.image);
    return st;
}
