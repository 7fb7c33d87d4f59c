/* SPDX-License-Identifier: Apache-2.0
 *
 * Radiomics features of a region of interest, with PyRadiomics' names, settings, order and numbers
 * (van Griethuysen et al., Cancer Res 2017;77:e104; feature definitions: IBSI, Zwanenburg et al.,
 * Radiology 2020;295:328, and where the two differ, PyRadiomics).
 */
#ifndef DLRN_RADIOMICS_H
#define DLRN_RADIOMICS_H

#include <dlrn/base.h>
#include <dlrn/image.h>
#include <dlrn/json.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What to compute, and how: settings, image types, feature classes. */
typedef struct dlrn_radiomics dlrn_radiomics;

/* PyRadiomics' defaults: original image, every class but shape2D, binWidth 25. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_defaults(dlrn_radiomics **out, dlrn_error *err);

/* A PyRadiomics parameter file (YAML or JSON: setting, imageType, featureClass). An unknown key or
 * an unfit value is DLRN_EINVAL with file, line and what was expected. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_load(dlrn_radiomics **out, const char *path,
                                                         dlrn_error *err);
/* The same from text; `name` stands in messages. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_parse(dlrn_radiomics **out, const char *text,
                                                          size_t len, const char *name,
                                                          dlrn_error *err);

/* "xray_2d" (one radiograph), "pyradiomics" (its defaults) or "zhang1834" (every class on the
 * original, wavelet, LoG and pointwise filtered images). DLRN_ENOTFOUND names the three. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_profile(dlrn_radiomics **out, const char *name,
                                                            dlrn_error *err);
/* The three names, NULL at the end. */
DLRN_API const char *const *dlrn_radiomics_profiles(void);

/* Overrides one setting: "binWidth=10", "resampledPixelSpacing=[1,1,0]", "label=2". Holds for every
 * image type that has no value of its own. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_set(dlrn_radiomics *s, const char *assignment,
                                                        dlrn_error *err);

DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_copy(dlrn_radiomics **out,
                                                         const dlrn_radiomics *s, dlrn_error *err);
DLRN_API void dlrn_radiomics_free(dlrn_radiomics *s);

/* The settings as a parameter file in JSON, complete: dlrn_radiomics_from_json gives the same
 * features. Caller frees. */
DLRN_API dlrn_json *dlrn_radiomics_to_json(const dlrn_radiomics *s);
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_from_json(dlrn_radiomics **out,
                                                              const dlrn_json *j, dlrn_error *err);

/* The setting label_channel: which channel of a mask file to read (dlrn_image_read_channel). */
DLRN_API int64_t dlrn_radiomics_label_channel(const dlrn_radiomics *s);

/* Features of one case in PyRadiomics' order. Zero-init is empty; dlrn_features_clear frees. */
typedef struct dlrn_features {
    size_t n;
    char **name;   /* "original_glcm_Contrast" [n] */
    double *value; /* [n], NaN where undefined */
    char **reason; /* [n], NULL, or why the value is NaN */
    size_t n_info; /* diagnostics_* as PyRadiomics writes them */
    char **info_name, **info_text;
} dlrn_features;

DLRN_API void dlrn_features_clear(dlrn_features *f);

/* All features of the voxels of `mask` (label image) that equal the setting `label`.
 * DLRN_EINVAL: sizes or geometry differ, ROI too small; DLRN_ENOTFOUND: label absent. Warnings (an
 * image type that this image cannot have) go to ex's log. Same bits for any number of threads. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_extract(dlrn_features *out,
                                                            const dlrn_image *image,
                                                            const dlrn_image *mask,
                                                            const dlrn_radiomics *s,
                                                            const dlrn_exec *ex, dlrn_error *err);

/* The same from files (dlrn_image_read; of the mask the channel that the settings choose). What was
 * read is freed as soon as nothing needs it, so this takes the least memory. Messages begin with
 * the path, or both. */
DLRN_API DLRN_MUST_CHECK dlrn_status
dlrn_radiomics_extract_files(dlrn_features *out, const char *image_path, const char *mask_path,
                             const dlrn_radiomics *s, const dlrn_exec *ex, dlrn_error *err);

/* The names that s gives for an image of `ndim` dimensions (2: radiograph; 3: volume) with these
 * sizes (x, y, z), in order; out->value is NaN throughout. */
DLRN_API DLRN_MUST_CHECK dlrn_status dlrn_radiomics_names(dlrn_features *out,
                                                          const dlrn_radiomics *s, int ndim,
                                                          const int64_t dim[3], dlrn_error *err);

/* One row of the catalogue of features. */
typedef struct dlrn_feature_doc {
    const char *class_name; /* "glcm" */
    const char *name;       /* "Contrast" */
    const char *formula;    /* plain text; symbols as in class_doc */
    const char *unit;       /* of the value; "1" where it has none */
    const char *ibsi;       /* IBSI code, NULL: not in IBSI */
    const char *undefined;  /* when it is NaN or fixed by convention; NULL: never */
    const char *differs;    /* from IBSI; NULL: equal */
    bool by_name_only;      /* computed only where it is asked for by name */
    bool never;             /* accepted by name, but as PyRadiomics gives no value */
} dlrn_feature_doc;

/* All features, class by class. */
DLRN_API const dlrn_feature_doc *dlrn_feature_catalogue(size_t *n);
/* What the symbols in a class's formulas mean; NULL for an unknown class. */
DLRN_API const char *dlrn_feature_class_doc(const char *class_name);

#ifdef __cplusplus
}
#endif

#endif
