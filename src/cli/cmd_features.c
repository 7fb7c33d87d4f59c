/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn features: the catalogue.
 */
#include "commands.h"

#include <dlrn/radiomics.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WIDTH = 100 };

/* Adds `text` broken between words, and a line's end; `at`: the column it begins in, and in which
 * its further lines begin. */
static void add_wrapped(dlrn_str *out, const char *text, size_t at)
{
    size_t column = at;
    while (*text) {
        const size_t n = strcspn(text, " ");
        if (column > at && column + 1 + n > WIDTH) {
            dlrn_str_addf(out, "\n%*s", (int)at, "");
            column = at;
        } else if (column > at) {
            dlrn_str_add(out, " ");
            column++;
        }
        dlrn_str_addn(out, text, n);
        column += n;
        text += n + strspn(text + n, " ");
    }
    dlrn_str_add(out, "\n");
}

static void print_field(dlrn_str *out, const char *name, const char *text)
{
    if (!text) return;
    dlrn_str_addf(out, "  %-10s ", name);
    add_wrapped(out, text, 13);
}

/* What the image is that a column's name begins with; NULL: the name has none that is known. */
static const char *image_of(const char *word)
{
    static const struct {
        const char *name, *text;
    } images[] = {
        {"original", "as it is, after the normalisation and resampling that the settings ask for"},
        {"wavelet",
         "a band of the wavelet transform: a letter for each axis, x first, L low-pass, H "
         "high-pass; from level 2 on its number"},
        {"log-sigma",
         "Laplacian of Gaussian with the sigma of its name in mm (1-0 is 1.0); -2D: of a "
         "single slice, which PyRadiomics does not have"},
        {"square", "x^2 / max |x|"},
        {"squareroot", "sign(x) sqrt(|x| max |x|)"},
        {"logarithm", "sign(x) ln(|x| + 1) max |x| / ln(max |x| + 1)"},
        {"exponential", "exp(x ln(max |x|) / max |x|)"},
        {"gradient", "magnitude of the gradient"},
        {"lbp-2D", "local binary patterns of each slice"},
        {"lbp-3D", "local binary patterns on a sphere: m1, m2, ... its levels, k its kurtosis"},
    };
    for (size_t k = 0; k < sizeof images / sizeof *images; k++) {
        const size_t n = strlen(images[k].name);
        if (!strncasecmp(word, images[k].name, n) && strcspn(word + n, "_-0123456789") == 0)
            return images[k].text;
    }
    return NULL;
}

static void print_full(dlrn_str *out, const dlrn_feature_doc *d, const char *word)
{
    dlrn_str_addf(out, "%s_%s\n", d->class_name, d->name);
    print_field(out, "image", image_of(word));
    print_field(out, "formula", d->formula);
    print_field(out, "unit", !strcmp(d->unit, "1") ? "none" : d->unit);
    print_field(out, "IBSI", d->ibsi ? d->ibsi : "not in IBSI");
    print_field(out, "undefined", d->undefined ? d->undefined : "never");
    print_field(out, "differs", d->differs);
    if (d->never)
        print_field(out, "computed", "never: deprecated, accepted by name without a value");
    else if (d->by_name_only)
        print_field(out, "computed", "only where a parameter file asks for it by name");
}

static void print_class(dlrn_str *out, const char *name)
{
    dlrn_str_addf(out, "%s\n  ", name);
    add_wrapped(out, dlrn_feature_class_doc(name), 2);
}

static void print_row(dlrn_str *out, const dlrn_feature_doc *d)
{
    dlrn_str_addf(out, "  %-38s %-5s ", d->name, d->ibsi ? d->ibsi : "-");
    add_wrapped(out, d->formula, 47);
}

static dlrn_json *feature_json(const dlrn_feature_doc *d)
{
    dlrn_json *o = dlrn_json_object();
    dlrn_json_set_string(o, "class", d->class_name);
    dlrn_json_set_string(o, "name", d->name);
    dlrn_json_set_string(o, "formula", d->formula);
    dlrn_json_set_string(o, "unit", d->unit);
    dlrn_json_set_string(o, "ibsi", d->ibsi);
    dlrn_json_set_string(o, "undefined", d->undefined);
    dlrn_json_set_string(o, "differs_from_ibsi", d->differs);
    dlrn_json_set_string(o, "default", d->never ? "never" : d->by_name_only ? "by name" : "yes");
    return o;
}

/* "glcm", "Contrast", "glcm_Contrast", "wavelet-LH_glcm_Contrast" or its code in IBSI's reference,
 * in capitals or not. */
static bool matches(const dlrn_feature_doc *d, const char *word)
{
    char full[96];
    if (!strcasecmp(word, d->class_name) || !strcasecmp(word, d->name)) return true;
    if (d->ibsi && !strcasecmp(word, d->ibsi)) return true;
    snprintf(full, sizeof full, "%s_%s", d->class_name, d->name);
    const size_t n = strlen(full), w = strlen(word);
    return w >= n && !strcasecmp(word + w - n, full) && (w == n || word[w - n - 1] == '_');
}

static int nothing(const cli_call *call, const char *word)
{
    size_t n;
    const dlrn_feature_doc *all = dlrn_feature_catalogue(&n);
    const char *names[2 * 256];
    size_t n_names = 0;
    for (size_t i = 0; i < n && i < 256; i++) {
        names[n_names++] = all[i].name;
        if (i == 0 || strcmp(all[i].class_name, all[i - 1].class_name) != 0)
            names[n_names++] = all[i].class_name;
    }
    const char *near = dlrn_nearest(word, names, n_names);
    dlrn_error err;
    dlrn_fail(&err, DLRN_ENOTFOUND, "there is no feature or class '%s'%s%s%s", word,
              near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    return cli_fail(call, &err);
}

static int run(const cli_call *call)
{
    size_t n, found = 0;
    const dlrn_feature_doc *all = dlrn_feature_catalogue(&n);
    const char *word = call->n_args ? call->args[0] : NULL, *last = "";
    dlrn_str out = {0};
    dlrn_json *list = dlrn_json_array();
    char *text = NULL;
    dlrn_error err;
    if (call->n_args > 1) {
        dlrn_json_free(list);
        return cli_usage(call, "one name at most");
    }
    for (size_t i = 0; i < n; i++) {
        const dlrn_feature_doc *d = &all[i];
        if (word && !matches(d, word)) continue;
        found++;
        if (call->json) {
            dlrn_json_append_take(list, feature_json(d));
            continue;
        }
        if (*last) dlrn_str_add(&out, word || strcmp(last, d->class_name) != 0 ? "\n" : "");
        if (strcmp(last, d->class_name) != 0) print_class(&out, d->class_name);
        last = d->class_name;
        if (word)
            print_full(&out, d, word);
        else
            print_row(&out, d);
    }
    int code = 0;
    if (!found)
        code = nothing(call, word);
    else if (!call->json)
        code = cli_deliver(call, NULL, dlrn_str_get(&out), out.len);
    else if (dlrn_json_text(&text, list, 2, &err) != DLRN_OK)
        code = cli_fail(call, &err);
    else
        code = cli_deliver(call, NULL, text, strlen(text));
    free(text);
    dlrn_json_free(list);
    dlrn_str_clear(&out);
    return code;
}

const cli_command cmd_features = {
    .name = "features",
    .group = "images",
    .summary = "the catalogue of radiomics features: formula, unit, IBSI code, when undefined",
    .usage = "[NAME] [--json]",
    .details =
        "NAME is a class (glcm), a feature (Contrast), its IBSI code (ACUI) or a column of a\n"
        "feature table (wavelet-LH_glcm_Contrast). Without it all features are listed.",
    .examples = "  # everything about one column of a feature table\n"
                "  dlrn features original_glcm_Imc2\n"
                "  # the whole catalogue for another program\n  dlrn features --json\n",
    .opts_size = 1,
    .run = run,
};
