/* SPDX-License-Identifier: Apache-2.0
 *
 * What a parameter file says: settings by name (PyRadiomics' names), image types with settings of
 * their own, feature classes with their features. dlrn_rad_resolve turns them into a plain struct.
 */
#ifndef DLRN_RADIOMICS_SETTINGS_H
#define DLRN_RADIOMICS_SETTINGS_H

#include "radiomics/registry.h"

enum {
    DLRN_RAD_MAX_LIST = 32, /* numbers in a list */
    DLRN_RAD_MAX_WORD = 32
};

typedef enum dlrn_rad_kind {
    DLRN_RAD_BOOL,
    DLRN_RAD_INT,
    DLRN_RAD_NUMBER,
    DLRN_RAD_INTS,
    DLRN_RAD_NUMBERS,
    DLRN_RAD_WORD
} dlrn_rad_kind;

/* One value: null, or n numbers (a single number or bool: n = 1), or a word. whole[i]: written
 * without decimal point, which PyRadiomics shows in the names of LoG images. */
typedef struct dlrn_rad_value {
    bool null;
    uint8_t n;
    bool whole[DLRN_RAD_MAX_LIST];
    double v[DLRN_RAD_MAX_LIST];
    char word[DLRN_RAD_MAX_WORD];
} dlrn_rad_value;

/* One row of the table of settings. */
typedef struct dlrn_rad_setting {
    const char *name;
    dlrn_rad_kind kind;
    double min, max;          /* of numbers */
    bool open;                /* min itself is not allowed */
    const char *fallback;     /* default as it would stand in a file; "null": none */
    const char *const *words; /* NULL-terminated; NULL: any word */
} dlrn_rad_setting;

extern const dlrn_rad_setting dlrn_rad_settings_table[];
extern const size_t dlrn_rad_n_settings;

/* Indices of the table's rows. */
typedef enum dlrn_rad_key {
    DLRN_RAD_MINIMUM_ROI_DIMENSIONS,
    DLRN_RAD_MINIMUM_ROI_SIZE,
    DLRN_RAD_NORMALIZE,
    DLRN_RAD_NORMALIZE_SCALE,
    DLRN_RAD_REMOVE_OUTLIERS,
    DLRN_RAD_RESAMPLED_PIXEL_SPACING,
    DLRN_RAD_INTERPOLATOR,
    DLRN_RAD_PRE_CROP,
    DLRN_RAD_PAD_DISTANCE,
    DLRN_RAD_DISTANCES,
    DLRN_RAD_FORCE_2D,
    DLRN_RAD_FORCE_2D_DIMENSION,
    DLRN_RAD_RESEGMENT_RANGE,
    DLRN_RAD_LABEL,
    DLRN_RAD_ADDITIONAL_INFO,
    DLRN_RAD_LABEL_CHANNEL,
    DLRN_RAD_BIN_WIDTH,
    DLRN_RAD_BIN_COUNT,
    DLRN_RAD_RESEGMENT_MODE,
    DLRN_RAD_RESEGMENT_SHAPE,
    DLRN_RAD_GEOMETRY_TOLERANCE,
    DLRN_RAD_CORRECT_MASK,
    DLRN_RAD_SYMMETRICAL_GLCM,
    DLRN_RAD_WEIGHTING_NORM,
    DLRN_RAD_GLDM_A,
    DLRN_RAD_VOXEL_ARRAY_SHIFT,
    DLRN_RAD_SIGMA,
    DLRN_RAD_WAVELET,
    DLRN_RAD_LEVEL,
    DLRN_RAD_START_LEVEL,
    DLRN_RAD_GRADIENT_USE_SPACING,
    DLRN_RAD_LBP2D_RADIUS,
    DLRN_RAD_LBP2D_SAMPLES,
    DLRN_RAD_LBP2D_METHOD,
    DLRN_RAD_LBP3D_LEVELS,
    DLRN_RAD_LBP3D_ICOSPHERE_RADIUS,
    DLRN_RAD_LBP3D_ICOSPHERE_SUBDIVISION,
    DLRN_RAD_BOX_PERCENTILES,
    DLRN_RAD_SLICE_AS_2D,
    DLRN_RAD_N_KEYS
} dlrn_rad_key;

/* In the order of PyRadiomics' documentation. */
typedef enum dlrn_rad_image_type {
    DLRN_RAD_ORIGINAL,
    DLRN_RAD_WAVELET_IMAGE,
    DLRN_RAD_LOG,
    DLRN_RAD_SQUARE,
    DLRN_RAD_SQUARE_ROOT,
    DLRN_RAD_LOGARITHM,
    DLRN_RAD_EXPONENTIAL,
    DLRN_RAD_GRADIENT,
    DLRN_RAD_LBP2D,
    DLRN_RAD_LBP3D,
    DLRN_RAD_N_IMAGE_TYPES
} dlrn_rad_image_type;

extern const char *const dlrn_rad_image_type_names[DLRN_RAD_N_IMAGE_TYPES];

/* Values for some keys, in the order they were given. */
typedef struct dlrn_rad_values_set {
    dlrn_rad_key key[DLRN_RAD_N_KEYS];
    dlrn_rad_value value[DLRN_RAD_N_KEYS];
    size_t n;
} dlrn_rad_values_set;

typedef struct dlrn_rad_image_choice {
    dlrn_rad_image_type type;
    dlrn_rad_values_set *own; /* NULL: none */
} dlrn_rad_image_choice;

typedef struct dlrn_rad_class_choice {
    dlrn_rad_class id;
    size_t n;                               /* 0: all but those that are computed by name only */
    uint8_t feature[DLRN_RAD_MAX_FEATURES]; /* rows of the class, in the order asked for */
} dlrn_rad_class_choice;

struct dlrn_radiomics {
    dlrn_rad_value value[DLRN_RAD_N_KEYS]; /* defaults replaced by what was given */
    dlrn_rad_key given[DLRN_RAD_N_KEYS];   /* in the order they were given */
    size_t n_given;
    dlrn_rad_image_choice image[DLRN_RAD_N_IMAGE_TYPES];
    size_t n_images;
    dlrn_rad_class_choice class_[DLRN_RAD_N_CLASSES];
    size_t n_classes;
    bool has_voxel_setting; /* of feature maps, passed over as PyRadiomics does for a region */
};

typedef enum dlrn_rad_norm {
    DLRN_RAD_NORM_NONE,
    DLRN_RAD_NORM_MANHATTAN,
    DLRN_RAD_NORM_EUCLIDEAN,
    DLRN_RAD_NORM_INFINITY,
    DLRN_RAD_NORM_NO_WEIGHTING
} dlrn_rad_norm;

/* What the texture classes need. */
typedef struct dlrn_rad_texture {
    double bin_width;
    int64_t bin_count; /* 0: by width */
    int64_t distance[DLRN_RAD_MAX_LIST];
    size_t n_distances;
    bool force2d;
    int force2d_dimension; /* numpy axis: 0 z, 1 y, 2 x */
    bool symmetrical;
    dlrn_rad_norm norm;
    int64_t gldm_a;
    double voxel_array_shift;
} dlrn_rad_texture;

/* The value of a key for image choice `image` (SIZE_MAX: the settings common to all). */
const dlrn_rad_value *dlrn_rad_get(const dlrn_radiomics *s, size_t image, dlrn_rad_key key);
/* The same as a number (NaN: null), a bool, a word ("": null). */
double dlrn_rad_number(const dlrn_radiomics *s, size_t image, dlrn_rad_key key);
bool dlrn_rad_bool(const dlrn_radiomics *s, size_t image, dlrn_rad_key key);
const char *dlrn_rad_word(const dlrn_radiomics *s, size_t image, dlrn_rad_key key);

void dlrn_rad_texture_settings(dlrn_rad_texture *out, const dlrn_radiomics *s, size_t image);

/* Reads one value from its text in a file ("25", "[1, 2]", "true", "null"). */
DLRN_MUST_CHECK dlrn_status dlrn_rad_value_parse(dlrn_rad_value *out, dlrn_rad_key key,
                                                 const char *text, dlrn_error *err);
/* SIZE_MAX where there is no such setting. */
size_t dlrn_rad_find_key(const char *name);
/* Replaces or appends. */
void dlrn_rad_put(dlrn_rad_values_set *set, dlrn_rad_key key, const dlrn_rad_value *value);
void dlrn_rad_give(dlrn_radiomics *s, dlrn_rad_key key, const dlrn_rad_value *value);
/* The text of a value as it stands in a parameter file, which is JSON too. */
void dlrn_rad_print_value(dlrn_str *out, dlrn_rad_key key, const dlrn_rad_value *v, bool python);

/* Python's text of a dictionary of settings, of the image types with theirs (diagnostics). */
void dlrn_rad_print_settings(dlrn_str *out, const dlrn_radiomics *s);
void dlrn_rad_print_image_types(dlrn_str *out, const dlrn_radiomics *s);

#endif
