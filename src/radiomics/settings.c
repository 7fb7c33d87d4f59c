/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of settings, values from text and back.
 */
#include "radiomics/settings.h"

#include "radiomics/interpolate.h"
#include "radiomics/wavelet.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const modes[] = {"absolute", "relative", "sigma", NULL};
static const char *const norms[] = {"manhattan", "euclidean", "infinity", "no_weighting", NULL};
static const char *const lbp_methods[] = {"default", "ror", "uniform", "var", NULL};

#define BIG 1e300
/* In the order of dlrn_rad_key; the first fifteen in the order of PyRadiomics' default dictionary.
 */
const dlrn_rad_setting dlrn_rad_settings_table[] = {
    {"minimumROIDimensions", DLRN_RAD_INT, 1, 3, false, "2", NULL},
    {"minimumROISize", DLRN_RAD_INT, 0, BIG, true, "null", NULL},
    {"normalize", DLRN_RAD_BOOL, 0, 0, false, "false", NULL},
    {"normalizeScale", DLRN_RAD_NUMBER, 0, BIG, true, "1", NULL},
    {"removeOutliers", DLRN_RAD_NUMBER, 0, BIG, true, "null", NULL},
    {"resampledPixelSpacing", DLRN_RAD_NUMBERS, 0, BIG, false, "null", NULL},
    {"interpolator", DLRN_RAD_WORD, 0, 0, false, "sitkBSpline", dlrn_interpolator_names},
    {"preCrop", DLRN_RAD_BOOL, 0, 0, false, "false", NULL},
    {"padDistance", DLRN_RAD_INT, 0, 1e6, false, "5", NULL},
    {"distances", DLRN_RAD_INTS, 0, 1000, true, "[1]", NULL},
    {"force2D", DLRN_RAD_BOOL, 0, 0, false, "false", NULL},
    {"force2Ddimension", DLRN_RAD_INT, 0, 2, false, "0", NULL},
    {"resegmentRange", DLRN_RAD_NUMBERS, -BIG, BIG, false, "null", NULL},
    {"label", DLRN_RAD_INT, 0, 4294967295.0, true, "1", NULL},
    {"additionalInfo", DLRN_RAD_BOOL, 0, 0, false, "true", NULL},
    {"label_channel", DLRN_RAD_INT, 0, 1e6, false, "0", NULL},
    {"binWidth", DLRN_RAD_NUMBER, 0, BIG, true, "25", NULL},
    {"binCount", DLRN_RAD_INT, 0, 1e7, true, "null", NULL},
    {"resegmentMode", DLRN_RAD_WORD, 0, 0, false, "absolute", modes},
    {"resegmentShape", DLRN_RAD_BOOL, 0, 0, false, "false", NULL},
    {"geometryTolerance", DLRN_RAD_NUMBER, 0, BIG, true, "null", NULL},
    {"correctMask", DLRN_RAD_BOOL, 0, 0, false, "false", NULL},
    {"symmetricalGLCM", DLRN_RAD_BOOL, 0, 0, false, "true", NULL},
    {"weightingNorm", DLRN_RAD_WORD, 0, 0, false, "null", norms},
    {"gldm_a", DLRN_RAD_INT, 0, 1e9, false, "0", NULL},
    {"voxelArrayShift", DLRN_RAD_INT, -BIG, BIG, false, "0", NULL},
    {"sigma", DLRN_RAD_NUMBERS, 0, BIG, true, "null", NULL},
    {"wavelet", DLRN_RAD_WORD, 0, 0, false, "coif1", NULL},
    {"level", DLRN_RAD_INT, 0, 64, true, "1", NULL},
    {"start_level", DLRN_RAD_INT, 0, 64, false, "0", NULL},
    {"gradientUseSpacing", DLRN_RAD_BOOL, 0, 0, false, "true", NULL},
    {"lbp2DRadius", DLRN_RAD_NUMBER, 0, BIG, true, "1", NULL},
    {"lbp2DSamples", DLRN_RAD_INT, 1, 64, false, "8", NULL},
    {"lbp2DMethod", DLRN_RAD_WORD, 0, 0, false, "uniform", lbp_methods},
    {"lbp3DLevels", DLRN_RAD_INT, 1, 64, false, "2", NULL},
    {"lbp3DIcosphereRadius", DLRN_RAD_NUMBER, 0, BIG, true, "1", NULL},
    {"lbp3DIcosphereSubdivision", DLRN_RAD_INT, 0, 6, false, "1", NULL},
    {"boxPercentiles", DLRN_RAD_NUMBERS, 0, 100, false, "null", NULL},
    {"sliceAs2D", DLRN_RAD_BOOL, 0, 0, false, "false", NULL},
};
const size_t dlrn_rad_n_settings = DLRN_RAD_N_KEYS;
_Static_assert(sizeof dlrn_rad_settings_table / sizeof *dlrn_rad_settings_table == DLRN_RAD_N_KEYS,
               "one row for each key");

#define N_LISTED DLRN_RAD_LABEL_CHANNEL /* rows of the default dictionary */

const char *const dlrn_rad_image_type_names[DLRN_RAD_N_IMAGE_TYPES] = {
    "Original",  "Wavelet",     "LoG",      "Square", "SquareRoot",
    "Logarithm", "Exponential", "Gradient", "LBP2D",  "LBP3D"};

size_t dlrn_rad_find_key(const char *name)
{
    for (size_t i = 0; i < DLRN_RAD_N_KEYS; i++)
        if (!strcmp(dlrn_rad_settings_table[i].name, name)) return i;
    return SIZE_MAX;
}

/* ---- values from text ---- */

static const char *trim(const char *s, size_t *n)
{
    while (*n && isspace((unsigned char)*s))
        s++, --*n;
    while (*n && isspace((unsigned char)s[*n - 1]))
        --*n;
    return s;
}

static bool is_word(const char *s, size_t n, const char *a, const char *b)
{
    return (strlen(a) == n && !strncasecmp(s, a, n)) || (strlen(b) == n && !strncasecmp(s, b, n));
}

static bool add_number(dlrn_rad_value *out, const dlrn_rad_setting *d, const char *s, size_t n)
{
    double x;
    s = trim(s, &n);
    if (out->n >= DLRN_RAD_MAX_LIST || !dlrn_parse_double(&x, s, n) || !isfinite(x)) return false;
    const bool whole =
        !memchr(s, '.', n) && !memchr(s, 'e', n) && !memchr(s, 'E', n) && fabs(x) <= 9e15;
    const bool integer = d->kind == DLRN_RAD_INT || d->kind == DLRN_RAD_INTS;
    if (integer && (x != floor(x) || fabs(x) > 9e15)) return false;
    if (x > d->max || x < d->min || (d->open && x == d->min)) return false;
    out->whole[out->n] = whole || integer;
    out->v[out->n++] = x;
    return true;
}

static bool add_list(dlrn_rad_value *out, const dlrn_rad_setting *d, const char *s, size_t n)
{
    if (n >= 2 && s[0] == '[' && s[n - 1] == ']') { // without, as on PyRadiomics' command line
        s++;
        n -= 2;
        if (trim(s, &n), n == 0) return true;
    }
    for (;;) {
        const char *comma = memchr(s, ',', n);
        const size_t len = comma ? (size_t)(comma - s) : n;
        if (!add_number(out, d, s, len)) return false;
        if (!comma) return true;
        s += len + 1;
        n -= len + 1;
    }
}

static bool take_word(dlrn_rad_value *out, const dlrn_rad_setting *d, const char *s, size_t n)
{
    if (n == 0 || n >= DLRN_RAD_MAX_WORD) return false;
    memcpy(out->word, s, n);
    out->word[n] = '\0';
    if (!d->words) return true;
    // the numbers that PyRadiomics documents, which SimpleITK once gave them
    if (d->words == dlrn_interpolator_names && isdigit((unsigned char)s[0])) {
        double x;
        if (!dlrn_parse_double(&x, s, n) || x != floor(x) || x < 1 || x > 10) return false;
        snprintf(out->word, sizeof out->word, "%s", dlrn_interpolator_names[(int)x - 1]);
        out->n = 1;
        out->v[0] = x;
        return true;
    }
    for (const char *const *w = d->words; *w; w++)
        if (!strcmp(*w, out->word)) return true;
    return false;
}

/* What a value of the right kind may still lack; NULL: nothing. */
static const char *unfit(dlrn_rad_key key, const dlrn_rad_value *v)
{
    if (key == DLRN_RAD_WAVELET) {
        for (int i = 0; i < dlrn_wavelet_n; i++)
            if (!strcmp(dlrn_wavelet_rows[i].name, v->word)) return NULL;
        return "one of haar, db1 to db38, sym2 to sym20, coif1 to coif17, bior1.1 to bior6.8, "
               "rbio1.1 to rbio6.8, dmey";
    }
    if (key == DLRN_RAD_DISTANCES && v->n == 0) return "at least one distance, as [1]";
    if (key == DLRN_RAD_RESEGMENT_RANGE && (v->n == 0 || v->n > 2))
        return "one or two numbers: the lower bound, or both, as [-3, 3]";
    if (key == DLRN_RAD_BOX_PERCENTILES && (v->n != 2 || !(v->v[0] < v->v[1])))
        return "two rising percentiles, as [1, 99]";
    if (key == DLRN_RAD_RESAMPLED_PIXEL_SPACING && v->n > 3)
        return "the spacing along x, y and z in mm, as [1, 1, 2]";
    return NULL;
}

/* Of the words that the key can have the one nearest to a text; NULL where none is near. */
static const char *nearest_word(dlrn_rad_key key, const char *s, size_t n)
{
    const char *const *words = dlrn_rad_settings_table[key].words, *known[256];
    size_t count = 0;
    while (words && words[count] && count < 256) {
        known[count] = words[count];
        count++;
    }
    for (int i = 0; key == DLRN_RAD_WAVELET && i < dlrn_wavelet_n && count < 256; i++)
        known[count++] = dlrn_wavelet_rows[i].name;
    char *word = count ? dlrn_strndup(s, n) : NULL;
    const char *near = word ? dlrn_nearest(word, known, count) : NULL;
    free(word);
    return near;
}

static void expected(dlrn_str *out, const dlrn_rad_setting *d)
{
    static const char *const kinds[] = {"true or false",           "a whole number",    "a number",
                                        "a list of whole numbers", "a list of numbers", "a word"};
    if (d->words) {
        dlrn_str_add(out, "one of");
        for (const char *const *w = d->words; *w; w++)
            dlrn_str_addf(out, "%s %s", w == d->words ? "" : ",", *w);
        return;
    }
    dlrn_str_add(out, kinds[d->kind]);
    if (d->kind == DLRN_RAD_BOOL || d->kind == DLRN_RAD_WORD) return;
    const bool whole = d->kind == DLRN_RAD_INT || d->kind == DLRN_RAD_INTS;
    if (d->min > -BIG && d->open && !whole)
        dlrn_str_addf(out, " greater than %g", d->min);
    else if (d->min > -BIG)
        dlrn_str_addf(out, " of at least %g", d->min + d->open);
    if (d->max < BIG) dlrn_str_addf(out, " and at most %.15g", d->max);
}

dlrn_status dlrn_rad_value_parse(dlrn_rad_value *out, dlrn_rad_key key, const char *text,
                                 dlrn_error *err)
{
    const dlrn_rad_setting *d = &dlrn_rad_settings_table[key];
    size_t n = strlen(text);
    const char *s = trim(text, &n);
    bool good = true;
    memset(out, 0, sizeof *out);
    if (n == 0 || is_word(s, n, "null", "none") || is_word(s, n, "~", "~")) {
        // null where there is no "none": PyRadiomics' default
        if (!strcmp(d->fallback, "null") || key == DLRN_RAD_INTERPOLATOR) {
            out->null = true;
            return DLRN_OK;
        }
        s = d->fallback;
        n = strlen(s);
    }
    switch (d->kind) {
    case DLRN_RAD_BOOL:
        out->n = 1;
        out->v[0] = is_word(s, n, "true", "yes") || is_word(s, n, "on", "on");
        good = out->v[0] != 0 || is_word(s, n, "false", "no") || is_word(s, n, "off", "off");
        break;
    case DLRN_RAD_INT:
    case DLRN_RAD_NUMBER: good = add_number(out, d, s, n); break;
    case DLRN_RAD_INTS:
    case DLRN_RAD_NUMBERS: good = add_list(out, d, s, n); break;
    case DLRN_RAD_WORD: good = take_word(out, d, s, n); break;
    }
    const char *lacks = good ? unfit(key, out) : NULL;
    if (good && !lacks) return DLRN_OK;
    dlrn_str want = {0};
    if (lacks)
        dlrn_str_add(&want, lacks);
    else
        expected(&want, d);
    const char *near = nearest_word(key, s, n);
    dlrn_fail(err, DLRN_EINVAL, "%s cannot be '%.*s'%s%s%s; expected %s", d->name,
              (int)(n < 60 ? n : 60), s, near ? " (did you mean " : "", near ? near : "",
              near ? "?)" : "", dlrn_str_get(&want));
    dlrn_str_clear(&want);
    return DLRN_EINVAL;
}

/* ---- sets of values ---- */

void dlrn_rad_put(dlrn_rad_values_set *set, dlrn_rad_key key, const dlrn_rad_value *value)
{
    size_t i = 0;
    while (i < set->n && set->key[i] != key)
        i++;
    set->key[i] = key;
    set->value[i] = *value;
    if (i == set->n) set->n++;
}

void dlrn_rad_give(dlrn_radiomics *s, dlrn_rad_key key, const dlrn_rad_value *value)
{
    size_t i = 0;
    s->value[key] = *value;
    while (i < s->n_given && s->given[i] != key)
        i++;
    s->given[i] = key;
    if (i == s->n_given) s->n_given++;
}

const dlrn_rad_value *dlrn_rad_get(const dlrn_radiomics *s, size_t image, dlrn_rad_key key)
{
    const dlrn_rad_values_set *own = image < s->n_images ? s->image[image].own : NULL;
    for (size_t i = 0; own && i < own->n; i++)
        if (own->key[i] == key) return &own->value[i];
    return &s->value[key];
}

double dlrn_rad_number(const dlrn_radiomics *s, size_t image, dlrn_rad_key key)
{
    const dlrn_rad_value *v = dlrn_rad_get(s, image, key);
    return v->null || v->n == 0 ? (double)NAN : v->v[0];
}

bool dlrn_rad_bool(const dlrn_radiomics *s, size_t image, dlrn_rad_key key)
{
    return dlrn_rad_get(s, image, key)->v[0] != 0;
}

const char *dlrn_rad_word(const dlrn_radiomics *s, size_t image, dlrn_rad_key key)
{
    const dlrn_rad_value *v = dlrn_rad_get(s, image, key);
    return v->null ? "" : v->word;
}

void dlrn_rad_texture_settings(dlrn_rad_texture *out, const dlrn_radiomics *s, size_t image)
{
    const double count = dlrn_rad_number(s, image, DLRN_RAD_BIN_COUNT);
    const dlrn_rad_value *d = dlrn_rad_get(s, image, DLRN_RAD_DISTANCES);
    const char *norm = dlrn_rad_word(s, image, DLRN_RAD_WEIGHTING_NORM);
    memset(out, 0, sizeof *out);
    out->bin_width = dlrn_rad_number(s, image, DLRN_RAD_BIN_WIDTH);
    out->bin_count = isnan(count) ? 0 : (int64_t)count;
    out->n_distances = d->n;
    for (size_t i = 0; i < d->n; i++)
        out->distance[i] = (int64_t)d->v[i];
    out->force2d = dlrn_rad_bool(s, image, DLRN_RAD_FORCE_2D);
    out->force2d_dimension = (int)dlrn_rad_number(s, image, DLRN_RAD_FORCE_2D_DIMENSION);
    out->symmetrical = dlrn_rad_bool(s, image, DLRN_RAD_SYMMETRICAL_GLCM);
    out->gldm_a = (int64_t)dlrn_rad_number(s, image, DLRN_RAD_GLDM_A);
    out->voxel_array_shift = dlrn_rad_number(s, image, DLRN_RAD_VOXEL_ARRAY_SHIFT);
    for (int i = 0; norms[i]; i++)
        if (!strcmp(norms[i], norm)) out->norm = (dlrn_rad_norm)(i + 1);
}

/* ---- text ---- */

static void print_number(dlrn_str *out, double x, bool whole)
{
    char text[32];
    dlrn_format_double(text, x);
    dlrn_str_add(out, text);
    if (!whole && !strpbrk(text, ".en")) dlrn_str_add(out, ".0");
}

void dlrn_rad_print_value(dlrn_str *out, dlrn_rad_key key, const dlrn_rad_value *v, bool python)
{
    const dlrn_rad_kind kind = dlrn_rad_settings_table[key].kind;
    const bool list = kind == DLRN_RAD_INTS || kind == DLRN_RAD_NUMBERS;
    if (v->null) {
        dlrn_str_add(out, python ? "None" : "null");
    } else if (kind == DLRN_RAD_BOOL) {
        const bool yes = v->v[0] != 0;
        dlrn_str_add(out, python ? (yes ? "True" : "False") : (yes ? "true" : "false"));
    } else if (kind == DLRN_RAD_WORD) {
        if (v->n == 1)
            dlrn_str_addf(out, "%d", (int)v->v[0]); // as it was given
        else
            dlrn_str_addf(out, python ? "'%s'" : "%s", v->word);
    } else {
        if (list) dlrn_str_add(out, "[");
        for (int i = 0; i < v->n; i++) {
            if (i) dlrn_str_add(out, ", ");
            print_number(out, v->v[i], v->whole[i]);
        }
        if (list) dlrn_str_add(out, "]");
    }
}

static void print_pair(dlrn_str *out, bool first, dlrn_rad_key key, const dlrn_rad_value *v)
{
    dlrn_str_addf(out, "%s'%s': ", first ? "" : ", ", dlrn_rad_settings_table[key].name);
    dlrn_rad_print_value(out, key, v, true);
}

void dlrn_rad_print_settings(dlrn_str *out, const dlrn_radiomics *s)
{
    dlrn_str_add(out, "{");
    for (int k = 0; k < (int)N_LISTED; k++)
        print_pair(out, k == 0, (dlrn_rad_key)k, &s->value[k]);
    for (size_t i = 0; i < s->n_given; i++)
        if (s->given[i] >= N_LISTED) print_pair(out, false, s->given[i], &s->value[s->given[i]]);
    dlrn_str_add(out, "}");
}

void dlrn_rad_print_image_types(dlrn_str *out, const dlrn_radiomics *s)
{
    dlrn_str_add(out, "{");
    for (size_t i = 0; i < s->n_images; i++) {
        const dlrn_rad_values_set *own = s->image[i].own;
        dlrn_str_addf(out, "%s'%s': {", i ? ", " : "", dlrn_rad_image_type_names[s->image[i].type]);
        for (size_t k = 0; own && k < own->n; k++)
            print_pair(out, k == 0, own->key[k], &own->value[k]);
        dlrn_str_add(out, "}");
    }
    dlrn_str_add(out, "}");
}
