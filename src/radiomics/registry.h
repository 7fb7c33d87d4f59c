/* SPDX-License-Identifier: Apache-2.0
 *
 * The catalogue of features as a table. A feature's index inside its class is its place in
 * PyRadiomics' default order (names sorted by their ASCII codes), and the place of its value in
 * what the class computes.
 */
#ifndef DLRN_RADIOMICS_REGISTRY_H
#define DLRN_RADIOMICS_REGISTRY_H

#include <dlrn/radiomics.h>

/* In PyRadiomics' default order. */
typedef enum dlrn_rad_class {
    DLRN_RAD_FIRSTORDER,
    DLRN_RAD_GLCM,
    DLRN_RAD_GLDM,
    DLRN_RAD_GLRLM,
    DLRN_RAD_GLSZM,
    DLRN_RAD_NGTDM,
    DLRN_RAD_SHAPE,
    DLRN_RAD_SHAPE2D,
    DLRN_RAD_N_CLASSES
} dlrn_rad_class;

enum { DLRN_RAD_MAX_FEATURES = 32 }; /* of one class, at most */

/* The values of one class; why[i] says why v[i] is NaN. */
typedef struct dlrn_rad_values {
    double v[DLRN_RAD_MAX_FEATURES];
    const char *why[DLRN_RAD_MAX_FEATURES];
} dlrn_rad_values;

/* Rows of the catalogue, class by class; names[] of each class is NULL-terminated. */
extern const dlrn_feature_doc dlrn_rad_catalogue[];
extern const size_t dlrn_rad_catalogue_n;

extern const char *const dlrn_rad_class_names[DLRN_RAD_N_CLASSES];

/* The rows of one class: first row, number of rows. */
const dlrn_feature_doc *dlrn_rad_class_rows(dlrn_rad_class c, size_t *n);

#endif
