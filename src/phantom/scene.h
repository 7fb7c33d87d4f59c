/* SPDX-License-Identifier: Apache-2.0
 *
 * One synthetic patient: what is drawn, and the drawing.
 */
#ifndef DLRN_PHANTOM_SCENE_H
#define DLRN_PHANTOM_SCENE_H

#include <dlrn/image.h>

enum { PHANTOM_BODIES = 5 };   /* in one field of view; the third is the first target */
enum { PHANTOM_WHITE = 4095 }; /* 12 bits */

/* A vertebral body in its own frame: u to the front, v down, mm from its centre. */
typedef struct phantom_body {
    double x_mm, y_mm, cos_a, sin_a;  /* centre in the image, turn */
    double depth_mm, height_mm;       /* front to back; of the rear wall */
    double front, middle;             /* heights as parts of the rear one */
    double corner_mm;                 /* radius of the corners */
    double step_mm;                   /* front upper corner pushed forward */
    double band, band_at_mm, band_mm; /* impaction: contrast, depth below the endplate, thickness */
    double line;                      /* faint lucent line, contrast */
    double sclerosis, sclerosis_mm;   /* broad white endplate */
    double osteophyte_mm;
    double cleft, cleft_mm;
    double swelling;     /* soft tissue before the body */
    double wobble[2][6]; /* each reader's outline: amplitudes, mm, of slow waves around it */
} phantom_body;

/* How a hospital's machine renders. */
typedef struct phantom_centre {
    const char *name;
    double spacing_mm, gamma, gain, noise, blur_mm;
} phantom_centre;

typedef struct phantom_scene {
    phantom_body body[PHANTOM_BODIES];
    int n_targets, target[2];
    double density; /* trabecular contrast: less bone, less of it */
    phantom_centre centre;
    int64_t size_px;
} phantom_scene;

/* Renders the radiograph (uint16, 12 bit used) and the two readers' masks (labels 1..n_targets).
 * The scene's pixels are centre.spacing_mm * 512 / size_px wide. */
DLRN_MUST_CHECK dlrn_status phantom_render(dlrn_image *image, dlrn_image mask[2],
                                           const phantom_scene *s, dlrn_rng *rng, dlrn_error *err);

#endif
