/* SPDX-License-Identifier: Apache-2.0
 *
 * ITK's interpolators (5.4, with the parameters that SimpleITK gives them), bit for bit where the
 * order of their sums allows it: whole-number images are cut off, so a last bit can be a grey
 * value.
 */
#ifndef DLRN_RADIOMICS_INTERPOLATE_H
#define DLRN_RADIOMICS_INTERPOLATE_H

#include <dlrn/image.h>

enum { DLRN_MAX_TAPS = 10 };

/* SimpleITK's names, in its order, NULL at the end; the first ten are those of PyRadiomics' schema.
 */
extern const char *const dlrn_interpolator_names[];

/* The voxels along one axis that a place is made of. */
typedef struct dlrn_taps {
    int64_t at[DLRN_MAX_TAPS];
    double w[DLRN_MAX_TAPS];
    int n;
    bool inside; /* of the image, half a voxel around it included */
} dlrn_taps;

typedef struct dlrn_interpolator {
    int kind, order; /* order: of a B-spline */
    const dlrn_image *im;
    const double *v; /* what is weighted */
    double *coef;    /* owned; NULL where v is the image itself */
} dlrn_interpolator;

/* An interpolator of `im`, which must outlive it; by name (NULL: sitkBSpline).
 * DLRN_EUNSUPPORTED for another name. */
DLRN_MUST_CHECK dlrn_status dlrn_interpolator_make(dlrn_interpolator *out, const dlrn_image *im,
                                                   const char *name, dlrn_error *err);
void dlrn_interpolator_clear(dlrn_interpolator *p);

/* Taps at x (in voxels) along an axis; one of weight 1 along an axis that the image does not have.
 */
void dlrn_taps_make(dlrn_taps *t, const dlrn_interpolator *p, int axis, double x);

/* The value at three sets of taps in the image's own type; 0 outside the image. */
double dlrn_interpolate(const dlrn_interpolator *p, const dlrn_taps *x, const dlrn_taps *y,
                        const dlrn_taps *z);

/* B-spline coefficients of order 2 to 5 in place of v (Unser 1993 as ITK: mirror borders). */
DLRN_MUST_CHECK dlrn_status dlrn_spline_filter(double *v, const int64_t dim[3], int order,
                                               dlrn_error *err);
/* Index i of a line of n voxels that is mirrored at its ends. */
int64_t dlrn_mirror_index(int64_t i, int64_t n);

/* x in an image of this type, as ITK and scipy put it there: held to the range, its decimals cut
 * off. */
double dlrn_as_pixel(double x, dlrn_pixel type);

#endif
