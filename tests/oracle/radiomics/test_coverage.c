/* SPDX-License-Identifier: Apache-2.0
 *
 * Nothing is left without a golden: every class, image type, kind of image and setting, and every
 * pair of the first three that PyRadiomics computes.
 */
#include "radiomics/settings.h"
#include "support/radiomics_cases.h"

/* Kinds of images, told from the pixels and the region themselves. */
enum {
    PLANE,
    SLICE,
    VOLUME,
    BITS_8,
    BITS_16,
    FLOATS,
    NEGATIVE,
    ANISOTROPIC,
    OBLIQUE,
    AT_BORDER,
    PARTS,
    FLAT,
    N_KINDS
};

static const char *const kind_names[N_KINDS] = {"2-D",     "one slice", "volume",   "8 bits",
                                                "16 bits", "floats",    "negative", "anisotropic",
                                                "oblique", "at border", "parts",    "flat"};

typedef struct seen {
    bool kind[N_KINDS], type[DLRN_RAD_N_IMAGE_TYPES], class_[DLRN_RAD_N_CLASSES];
    bool type_kind[DLRN_RAD_N_IMAGE_TYPES][N_KINDS];
    bool class_kind[DLRN_RAD_N_CLASSES][N_KINDS];
    bool class_type[DLRN_RAD_N_CLASSES][DLRN_RAD_N_IMAGE_TYPES];
    bool key[DLRN_RAD_N_KEYS];
} seen;

/* Whether some column of the box along x is empty between two that are not. */
static bool in_parts(const dlrn_mask *m, const int64_t lo[3], const int64_t size[3])
{
    for (int64_t x = lo[0]; x < lo[0] + size[0]; x++) {
        bool any = false;
        for (int64_t i = x; i < m->dim[0] * m->dim[1] * m->dim[2]; i += m->dim[0])
            any = any || m->v[i];
        if (!any) return true;
    }
    return false;
}

static void find_kinds(bool kind[N_KINDS], const rad_golden *g)
{
    const dlrn_image *im = &g->image;
    const size_t n = (size_t)(im->dim[0] * im->dim[1] * im->dim[2]);
    const double label = dlrn_rad_number(g->settings, SIZE_MAX, DLRN_RAD_LABEL);
    double low = INFINITY, high = -INFINITY;
    int64_t lo[3], size[3];
    dlrn_mask m;
    if (memcmp(im->dim, g->mask.dim, sizeof im->dim) != 0) return; // of a grid of its own
    assert_ok(dlrn_mask_from_image(&m, &g->mask, (int64_t)label, NULL));
    dlrn_mask_box(&m, lo, size);
    for (size_t i = 0; i < n; i++) {
        if (!m.v[i]) continue;
        low = fmin(low, im->v[i]);
        high = fmax(high, im->v[i]);
    }
    kind[PLANE] = im->ndim == 2;
    kind[SLICE] = im->ndim == 3 && im->dim[2] == 1;
    kind[VOLUME] = im->dim[2] > 1;
    kind[BITS_8] = im->stored == DLRN_PIXEL_U8;
    kind[BITS_16] = im->stored == DLRN_PIXEL_I16 || im->stored == DLRN_PIXEL_U16;
    kind[FLOATS] = im->stored == DLRN_PIXEL_F32 || im->stored == DLRN_PIXEL_F64;
    kind[NEGATIVE] = low < 0;
    kind[ANISOTROPIC] = im->spacing_mm[0] != im->spacing_mm[1];
    kind[OBLIQUE] = im->dir[1] != 0;
    kind[AT_BORDER] = lo[0] == 0 && lo[1] == 0;
    kind[PARTS] = in_parts(&m, lo, size);
    kind[FLAT] = low == high;
    dlrn_mask_clear(&m);
}

static dlrn_rad_image_type type_of(const char *column)
{
    static const char *const prefix[DLRN_RAD_N_IMAGE_TYPES] = {
        "original",  "wavelet",     "log-sigma", "square", "squareroot",
        "logarithm", "exponential", "gradient",  "lbp-2D", "lbp-3D"};
    int best = 0;
    for (int t = 1; t < DLRN_RAD_N_IMAGE_TYPES; t++) // the longest: square, squareroot
        if (!strncmp(column, prefix[t], strlen(prefix[t])) &&
            (!best || strlen(prefix[t]) > strlen(prefix[best])))
            best = t;
    return (dlrn_rad_image_type)best;
}

static dlrn_rad_class class_of(const char *row)
{
    const size_t length = strcspn(row, "_");
    for (int c = 0; c < DLRN_RAD_N_CLASSES; c++)
        if (!strncmp(dlrn_rad_class_names[c], row, length) && !dlrn_rad_class_names[c][length])
            return (dlrn_rad_class)c;
    fail_msg("%s is of no class", row);
    return 0;
}

static void add_keys(bool key[DLRN_RAD_N_KEYS], const rad_golden *g)
{
    const dlrn_radiomics *s = g->settings;
    for (size_t i = 0; i < s->n_given; i++)
        key[s->given[i]] = true;
    for (size_t i = 0; i < s->n_images; i++)
        for (size_t k = 0; s->image[i].own && k < s->image[i].own->n; k++)
            key[s->image[i].own->key[k]] = true;
}

static void add_case(const rad_golden *g, void *user)
{
    seen *all = user;
    bool kind[N_KINDS];
    find_kinds(kind, g);
    add_keys(all->key, g);
    for (size_t j = 1; j < dlrn_table_cols(g->values); j++)
        for (size_t i = 0; i < dlrn_table_rows(g->values); i++) {
            if (!*dlrn_table_text(g->values, j, i)) continue;
            const dlrn_rad_image_type t = type_of(dlrn_table_column(g->values, j));
            const dlrn_rad_class c = class_of(dlrn_table_text(g->values, 0, i));
            all->type[t] = all->class_[c] = all->class_type[c][t] = true;
            for (int k = 0; k < N_KINDS; k++) {
                all->kind[k] |= kind[k];
                all->type_kind[t][k] |= kind[k];
                all->class_kind[c][k] |= kind[k];
            }
        }
}

/* What PyRadiomics does not compute: 3-D shape of an image, shape2D of a volume, LoG of one slice
 * (fewer than four voxels), LBP3D of a plane; shapes know no image types. */
static bool possible(int class_id, int type, int kind)
{
    const bool shape = class_id == DLRN_RAD_SHAPE || class_id == DLRN_RAD_SHAPE2D;
    if (shape && type > DLRN_RAD_ORIGINAL) return false;
    if (class_id == DLRN_RAD_SHAPE && kind == PLANE) return false;
    if (class_id == DLRN_RAD_SHAPE2D && kind == VOLUME) return false;
    if (type == DLRN_RAD_LOG && kind == SLICE) return false;
    return !(type == DLRN_RAD_LBP3D && kind == PLANE);
}

static void check_pairs(const seen *all)
{
    for (int c = 0; c < DLRN_RAD_N_CLASSES; c++) {
        for (int t = 0; t < DLRN_RAD_N_IMAGE_TYPES; t++)
            if (possible(c, t, -1) && !all->class_type[c][t])
                fail_msg("no golden of %s on %s", dlrn_rad_class_names[c],
                         dlrn_rad_image_type_names[t]);
        for (int k = 0; k < N_KINDS; k++)
            if (possible(c, -1, k) && !all->class_kind[c][k])
                fail_msg("no golden of %s on an image that is: %s", dlrn_rad_class_names[c],
                         kind_names[k]);
    }
    for (int t = 0; t < DLRN_RAD_N_IMAGE_TYPES; t++)
        for (int k = 0; k < N_KINDS; k++)
            if (possible(-1, t, k) && !all->type_kind[t][k])
                fail_msg("no golden of %s on an image that is: %s", dlrn_rad_image_type_names[t],
                         kind_names[k]);
}

static void every_class_image_type_and_kind_of_image_has_a_golden(void **state)
{
    (void)state;
    seen all = {0};
    rad_golden_each("pyradiomics", add_case, &all);
    check_pairs(&all);
}

static void every_setting_has_a_golden(void **state)
{
    (void)state;
    // dlrn's own
    static const dlrn_rad_key own[] = {DLRN_RAD_BOX_PERCENTILES, DLRN_RAD_SLICE_AS_2D};
    seen all = {0};
    rad_golden_each("pyradiomics", add_case, &all);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        all.key[own[i]] = true;
    for (size_t k = 0; k < dlrn_rad_n_settings; k++)
        if (!all.key[k]) fail_msg("no golden of the setting %s", dlrn_rad_settings_table[k].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_image_type_and_kind_of_image_has_a_golden),
        cmocka_unit_test(every_setting_has_a_golden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
