/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn extract: radiomics features of one image, or of many.
 */
#include "commands.h"

#include "extract.h"

#include <stdlib.h>
#include <string.h>

static const cli_option options[] = {
    {"params", 'p', CLI_READ, offsetof(extract_opts, params), "FILE",
     "parameter file, or profile: xray_2d, pyradiomics, zhang1834"},
    {"out", 'o', CLI_WRITE, offsetof(extract_opts, out), "FILE",
     "where to write (default: stdout)"},
    {"format", 'f', CLI_TEXT, offsetof(extract_opts, format), "FORMAT",
     "csv, json or txt (default: as -o ends, else csv)"},
    {"label", 'l', CLI_INTEGER, offsetof(extract_opts, label), "N",
     "the region's value in the mask (default: 1)"},
    {"setting", 's', CLI_LIST, offsetof(extract_opts, settings), "K=V",
     "overrides one setting, as binWidth=10; may be repeated"},
    {"correct-mask", 0, CLI_FLAG, offsetof(extract_opts, correct_mask), NULL,
     "a mask of another grid is resampled to the image's"},
    {"batch", 0, CLI_READ, offsetof(extract_opts, batch), "CASES.csv",
     "many cases: columns Image, Mask[, Label, Label_channel], or a cohort table"},
    {"keep-going", 0, CLI_FLAG, offsetof(extract_opts, keep_going), NULL,
     "a case that fails is named, the others go on"},
    {"reasons", 0, CLI_WRITE, offsetof(extract_opts, reasons), "FILE",
     "CSV of every undefined value, and every case that failed, with its reason"},
    {"format-path", 0, CLI_TEXT, offsetof(extract_opts, format_path), "HOW",
     "Image and Mask written as absolute, relative or basename (default: as given)"},
    {"skip-nans", 0, CLI_FLAG, offsetof(extract_opts, skip_nans), NULL,
     "an undefined value is left out (csv: an empty cell)"},
};

#define NO_MAPS "features of the region are all it computes, no feature maps: leave it out"
#define SAYS    "use -v for more words or -q for fewer, and 2>FILE for a file of them"

/* What PyRadiomics' command line has besides. */
static const cli_foreign of_pyradiomics[] = {
    {"param", "use -p or --params"},
    {"jobs", "use -j or --threads"},
    {"mode", NO_MAPS},
    {"m", NO_MAPS},
    {"out-dir", "use -o FILE"},
    {"unix-path", "paths are written with / anyway: leave it out"},
    {"validate", "a case that fails is named; with --keep-going the others go on"},
    {"logging-level", SAYS},
    {"log-file", SAYS},
    {"verbosity", SAYS},
};

static dlrn_status give(dlrn_radiomics *s, const char *name, int64_t value, dlrn_error *err)
{
    char text[40];
    if (value == EXTRACT_NO_LABEL) return DLRN_OK;
    snprintf(text, sizeof text, "%s=%lld", name, (long long)value);
    return dlrn_radiomics_set(s, text, err);
}

dlrn_status extract_case(dlrn_features *out, const char *image, const char *mask,
                         extract_region region, const dlrn_radiomics *s, const dlrn_exec *ex,
                         dlrn_error *err)
{
    dlrn_status st;
    dlrn_radiomics *own = NULL;
    *out = (dlrn_features){0};
    if (region.label != EXTRACT_NO_LABEL || region.channel != EXTRACT_NO_LABEL) {
        DLRN_TRY(dlrn_radiomics_copy(&own, s, err));
        DLRN_TRY(give(own, "label", region.label, err));
        DLRN_TRY(give(own, "label_channel", region.channel, err));
        s = own;
    }
    st = dlrn_radiomics_extract_files(out, image, mask, s, ex, err);
done:
    dlrn_radiomics_free(own);
    return st;
}

static bool is_profile(const char *word)
{
    const char *const *profile = dlrn_radiomics_profiles();
    while (*profile && word && strcmp(*profile, word) != 0)
        profile++;
    return word && *profile && !dlrn_file_exists(word);
}

void extract_note_profile(const cli_call *call, const dlrn_features *f)
{
    static const char flat[] = "log-sigma-1-0-mm-2D_";
    const extract_opts *o = call->opts;
    bool has_flat = false;
    if (!is_profile(o->params) || strcmp(o->params, "zhang1834") != 0) return;
    for (size_t i = 0; i < f->n; i++)
        has_flat |= !strncmp(f->name[i], flat, sizeof flat - 1);
    if (has_flat)
        cli_note(call, "zhang1834: LoG of one slice is dlrn's own 2-D filter (log-...-2D); "
                       "PyRadiomics gives no LoG of one slice, 1561 features in all");
    else if (f->n == 1183)
        cli_note(call,
                 "zhang1834: a 2-D image gives 1183 of the 1834 features: no 3-D shape, no "
                 "LBP3D, four wavelet bands instead of eight; a volume of one slice gives all");
}

static dlrn_status print_one(dlrn_str *out, dlrn_str *why, const cli_call *call,
                             const extract_result *r, const char *format, dlrn_error *err)
{
    static const char *const columns[] = {"Image", "Mask"};
    const extract_opts *o = call->opts;
    char *image = extract_path(o->format_path, NULL, call->args[0]);
    char *mask = extract_path(o->format_path, NULL, call->args[1]);
    const char *const cells[] = {image, mask};
    const extract_table t = {true, o->skip_nans, 1, 2, columns, cells, r};
    dlrn_status st = image && mask ? extract_print(out, &t, format, err)
                                   : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    if (st == DLRN_OK) st = extract_print_reasons(why, &t, err);
    free(image);
    free(mask);
    return st;
}

static int extract_one(const cli_call *call, const dlrn_radiomics *s, const char *format)
{
    const extract_opts *o = call->opts;
    extract_result r = {0};
    dlrn_str out = {0}, why = {0};
    dlrn_error err;
    int code = 0;
    cli_catch_signals(false);
    dlrn_status st =
        extract_case(&r.f, call->args[0], call->args[1],
                     (extract_region){o->label, EXTRACT_NO_LABEL}, s, &call->exec, &err);
    cli_catch_signals(true);
    r.done = st == DLRN_OK;
    if (r.done) extract_note_profile(call, &r.f);
    if (st == DLRN_OK) st = print_one(&out, &why, call, &r, format, &err);
    if (st != DLRN_OK) code = cli_fail(call, &err);
    if (!code && o->reasons) code = cli_deliver(call, o->reasons, dlrn_str_get(&why), why.len);
    if (!code) code = cli_deliver(call, o->out, dlrn_str_get(&out), out.len);
    dlrn_str_clear(&out);
    dlrn_str_clear(&why);
    dlrn_features_clear(&r.f);
    return code;
}

/* ---- options ---- */

/* A word that is neither a file nor a profile. */
static dlrn_status no_parameters(const char *word, dlrn_error *err)
{
    const char *const *names = dlrn_radiomics_profiles();
    dlrn_str list = {0};
    size_t n = 0;
    for (; names[n]; n++)
        dlrn_str_addf(&list, "%s%s", n ? ", " : "", names[n]);
    const char *near = dlrn_nearest(word, names, n);
    const dlrn_status st = dlrn_fail(
        err, DLRN_ENOTFOUND, "%s: there is no such parameter file%s%s%s (profiles: %s)", word,
        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "", dlrn_str_get(&list));
    dlrn_str_clear(&list);
    return st;
}

static dlrn_status read_settings(dlrn_radiomics **s, const extract_opts *o, dlrn_error *err)
{
    dlrn_status st;
    *s = NULL;
    if (!o->params)
        DLRN_TRY(dlrn_radiomics_defaults(s, err));
    else if (is_profile(o->params))
        DLRN_TRY(dlrn_radiomics_profile(s, o->params, err));
    else if (!dlrn_file_exists(o->params))
        DLRN_TRY(no_parameters(o->params, err));
    else
        DLRN_TRY(dlrn_radiomics_load(s, o->params, err));
    if (o->correct_mask) DLRN_TRY(dlrn_radiomics_set(*s, "correctMask=true", err));
    for (size_t i = 0; i < o->settings.n; i++)
        DLRN_TRY(dlrn_radiomics_set(*s, o->settings.v[i], err));
done:
    return st;
}

/* As -f says, else as --json says, else as the ending of -o; NULL where they contradict. */
static const char *choose_format(const cli_call *call)
{
    const extract_opts *o = call->opts;
    if (o->format) return call->json && strcmp(o->format, "json") != 0 ? NULL : o->format;
    if (call->json || (o->out && dlrn_path_has_ext(o->out, ".json"))) return "json";
    return o->out && dlrn_path_has_ext(o->out, ".txt") ? "txt" : "csv";
}

static int run(const cli_call *call)
{
    const extract_opts *o = call->opts;
    const char *format = choose_format(call);
    dlrn_radiomics *s = NULL;
    dlrn_error err;
    if (!format) return cli_usage(call, "--json and --format %s contradict each other", o->format);
    if (strcmp(format, "csv") != 0 && strcmp(format, "json") != 0 && strcmp(format, "txt") != 0)
        return cli_usage(call, "--format: expected csv, json or txt, not '%s'", format);
    if (!extract_knows_path_format(o->format_path))
        return cli_usage(call, "--format-path: expected absolute, relative or basename, not '%s'",
                         o->format_path);
    if (o->label != EXTRACT_NO_LABEL && (o->label < 1 || o->label > UINT32_MAX))
        return cli_usage(call, "--label: expected a number from 1");
    if (o->batch && call->n_args)
        return cli_usage(call, "--batch takes its images from the table; '%s' is one too many",
                         call->args[0]);
    if (o->batch && !o->out) return cli_usage(call, "--batch needs -o FILE");
    if (!o->batch && call->n_args == 1 && dlrn_path_has_ext(call->args[0], ".csv"))
        return cli_usage(call, "a table of cases needs its option: --batch %s", call->args[0]);
    if (!o->batch && call->n_args != 2)
        return cli_usage(call, "expected IMAGE and MASK, found %zu file%s", call->n_args,
                         call->n_args == 1 ? "" : "s");
    if (!o->batch && o->keep_going) return cli_usage(call, "--keep-going belongs to --batch");
    int code = 1;
    if (read_settings(&s, o, &err) != DLRN_OK)
        cli_fail(call, &err);
    else
        code = o->batch ? extract_batch(call, s, format) : extract_one(call, s, format);
    dlrn_radiomics_free(s);
    return code;
}

static const extract_opts defaults = {.label = EXTRACT_NO_LABEL};

const cli_command cmd_extract = {
    .name = "extract",
    .group = "images",
    .summary = "radiomics features with PyRadiomics' names and numbers",
    .usage = "IMAGE MASK [-p PARAMS.yaml] [-o OUT] [-f csv|json|txt]\n"
             "--batch CASES.csv -p PARAMS.yaml -o features.csv [--keep-going]",
    .details =
        "Images are DICOM, NIfTI, NRRD, MetaImage (.mha), PNG, TIFF or JPEG, by content.\n"
        "Pixels are taken as stored. A parameter file is PyRadiomics' own (setting,\n"
        "imageType, featureClass); without one its defaults hold. An undefined value is\n"
        "nan (json: null).\n\n"
        "A batch stops at the first case that fails, unless --keep-going. Paths in its table\n"
        "are relative to the table; its other columns are passed through. Run again, it goes\n"
        "on where it was interrupted, or where cases failed.",
    .examples = "  # one vertebra of a radiograph\n"
                "  dlrn extract xray.png mask.png -p xray_2d -f json\n"
                "  # all cases of a table, two at a time\n"
                "  dlrn extract --batch cohort.csv -p params.yaml -o features.csv -j 2\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .opts_size = sizeof(extract_opts),
    .defaults = &defaults,
    .run = run,
    .foreign = of_pyradiomics,
    .n_foreign = sizeof of_pyradiomics / sizeof *of_pyradiomics,
};
