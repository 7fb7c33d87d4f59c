/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn extract: radiomics features of one image, or of many.
 */
#include "commands.h"

#include "extract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cli_option options[] = {
    {"params", 'p', CLI_TEXT, offsetof(extract_opts, params), "FILE",
     "parameter file, or profile: xray_2d, pyradiomics, zhang1834"},
    {"out", 'o', CLI_TEXT, offsetof(extract_opts, out), "FILE", "where to write (default: stdout)"},
    {"format", 'f', CLI_TEXT, offsetof(extract_opts, format), "FORMAT",
     "csv, json or txt (default: csv)"},
    {"label", 0, CLI_INTEGER, offsetof(extract_opts, label), "N",
     "the region's value in the mask (default: 1)"},
    {"setting", 0, CLI_LIST, offsetof(extract_opts, settings), "K=V",
     "overrides one setting, as binWidth=10; may be repeated"},
    {"correct-mask", 0, CLI_FLAG, offsetof(extract_opts, correct_mask), NULL,
     "a mask of another grid is resampled to the image's"},
    {"batch", 0, CLI_TEXT, offsetof(extract_opts, batch), "CASES.csv",
     "many cases: columns Image, Mask[, Label], or a cohort table"},
    {"keep-going", 0, CLI_FLAG, offsetof(extract_opts, keep_going), NULL,
     "a case that fails is named, the others go on"},
    {"reasons", 0, CLI_TEXT, offsetof(extract_opts, reasons), "FILE",
     "CSV of every undefined value with its reason"},
};

dlrn_status extract_case(dlrn_features *out, const char *image, const char *mask, int64_t label,
                         const dlrn_radiomics *s, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image im = {0}, labels = {0};
    dlrn_radiomics *own = NULL;
    char text[40];
    *out = (dlrn_features){0};
    if (label) {
        DLRN_TRY(dlrn_radiomics_copy(&own, s, err));
        snprintf(text, sizeof text, "label=%lld", (long long)label);
        DLRN_TRY(dlrn_radiomics_set(own, text, err));
        s = own;
    }
    DLRN_TRY(dlrn_image_read(&im, image, err));
    DLRN_TRY(dlrn_image_read_channel(&labels, mask, dlrn_radiomics_label_channel(s), err));
    st = dlrn_radiomics_extract(out, &im, &labels, s, ex, err);
    if (st != DLRN_OK) st = dlrn_error_prefix(err, "%s, mask %s: ", image, mask);
done:
    dlrn_image_clear(&im);
    dlrn_image_clear(&labels);
    dlrn_radiomics_free(own);
    return st;
}

void extract_cell(dlrn_str *out, const char *text)
{
    const bool begins = !out->len || out->s[out->len - 1] == '\n';
    if (!begins) dlrn_str_add(out, ",");
    // an empty first cell is quoted: else the second would not know that it is not the first
    if (*text ? !strpbrk(text, ",\"\n\r") : !begins) {
        dlrn_str_add(out, text);
        return;
    }
    dlrn_str_add(out, "\"");
    for (; *text; text++) {
        if (*text == '"') dlrn_str_add(out, "\"");
        dlrn_str_addn(out, text, 1);
    }
    dlrn_str_add(out, "\"");
}

static void print_csv(dlrn_str *out, const dlrn_features *f, char *const *args)
{
    extract_cell(out, "Image");
    extract_cell(out, "Mask");
    for (size_t i = 0; i < f->n_info; i++)
        extract_cell(out, f->info_name[i]);
    for (size_t i = 0; i < f->n; i++)
        extract_cell(out, f->name[i]);
    dlrn_str_add(out, "\n");
    extract_cell(out, args[0]);
    extract_cell(out, args[1]);
    for (size_t i = 0; i < f->n_info; i++)
        extract_cell(out, f->info_text[i]);
    for (size_t i = 0; i < f->n; i++) {
        char text[32];
        extract_cell(out, dlrn_format_double(text, f->value[i]));
    }
    dlrn_str_add(out, "\n");
}

static void print_txt(dlrn_str *out, const dlrn_features *f, char *const *args)
{
    char text[32];
    dlrn_str_addf(out, "Case-1_Image: %s\nCase-1_Mask: %s\n", args[0], args[1]);
    for (size_t i = 0; i < f->n_info; i++)
        dlrn_str_addf(out, "Case-1_%s: %s\n", f->info_name[i], f->info_text[i]);
    for (size_t i = 0; i < f->n; i++)
        dlrn_str_addf(out, "Case-1_%s: %s\n", f->name[i], dlrn_format_double(text, f->value[i]));
}

static dlrn_status print_json(dlrn_str *out, const dlrn_features *f, dlrn_error *err)
{
    dlrn_json *o = dlrn_json_object();
    char *text = NULL;
    for (size_t i = 0; i < f->n_info; i++)
        dlrn_json_set_string(o, f->info_name[i], f->info_text[i]);
    for (size_t i = 0; i < f->n; i++)
        dlrn_json_set_number(o, f->name[i], f->value[i]);
    const dlrn_status st = dlrn_json_text(&text, o, 2, err);
    if (st == DLRN_OK) dlrn_str_add(out, text);
    free(text);
    dlrn_json_free(o);
    return st;
}

static int write_reasons(const cli_call *call, const dlrn_features *f)
{
    const extract_opts *o = call->opts;
    dlrn_str out = {0};
    if (!o->reasons) return 0;
    dlrn_str_add(&out, "Image,feature,reason\n");
    for (size_t i = 0; i < f->n; i++) {
        if (!isnan(f->value[i])) continue;
        extract_cell(&out, call->args[0]);
        extract_cell(&out, f->name[i]);
        extract_cell(&out, f->reason[i] ? f->reason[i] : "");
        dlrn_str_add(&out, "\n");
    }
    const int code = cli_deliver(call, o->reasons, dlrn_str_get(&out), out.len);
    dlrn_str_clear(&out);
    return code;
}

static int extract_one(const cli_call *call, const dlrn_radiomics *s)
{
    const extract_opts *o = call->opts;
    dlrn_features f = {0};
    dlrn_str out = {0};
    dlrn_error err;
    const char *format = call->json ? "json" : o->format;
    int code;
    dlrn_status st = extract_case(&f, call->args[0], call->args[1], o->label, s, &call->exec, &err);
    if (st == DLRN_OK && !strcmp(format, "csv")) print_csv(&out, &f, call->args);
    if (st == DLRN_OK && !strcmp(format, "txt")) print_txt(&out, &f, call->args);
    if (st == DLRN_OK && !strcmp(format, "json")) st = print_json(&out, &f, &err);
    if (st == DLRN_OK && out.failed) st = dlrn_fail(&err, DLRN_ENOMEM, "out of memory for text");
    if (st != DLRN_OK)
        code = cli_fail(call, &err);
    else if ((code = write_reasons(call, &f)) == 0)
        code = cli_deliver(call, o->out, dlrn_str_get(&out), out.len);
    dlrn_str_clear(&out);
    dlrn_features_clear(&f);
    return code;
}

static dlrn_status read_settings(dlrn_radiomics **s, const extract_opts *o, dlrn_error *err)
{
    dlrn_status st;
    const char *const *profile = dlrn_radiomics_profiles();
    *s = NULL;
    while (*profile && o->params && strcmp(*profile, o->params) != 0)
        profile++;
    if (!o->params)
        DLRN_TRY(dlrn_radiomics_defaults(s, err));
    else if (*profile && !dlrn_file_exists(o->params))
        DLRN_TRY(dlrn_radiomics_profile(s, *profile, err));
    else
        DLRN_TRY(dlrn_radiomics_load(s, o->params, err));
    if (o->correct_mask) DLRN_TRY(dlrn_radiomics_set(*s, "correctMask=true", err));
    for (size_t i = 0; i < o->settings.n; i++)
        DLRN_TRY(dlrn_radiomics_set(*s, o->settings.v[i], err));
done:
    return st;
}

static int run(const cli_call *call)
{
    const extract_opts *o = call->opts;
    dlrn_radiomics *s = NULL;
    dlrn_error err;
    if (strcmp(o->format, "csv") != 0 && strcmp(o->format, "json") != 0 &&
        strcmp(o->format, "txt") != 0)
        return cli_usage(call, "--format: expected csv, json or txt, not '%s'", o->format);
    if (o->label < 0) return cli_usage(call, "--label: expected a number from 1");
    if (o->batch && (call->n_args || !o->out))
        return cli_usage(call, "--batch takes its cases from the table and needs -o FILE");
    if (o->batch && strcmp(o->format, "csv") != 0)
        return cli_usage(call, "--batch writes csv only");
    if (!o->batch && call->n_args != 2) return cli_usage(call, "expected IMAGE and MASK");
    if (!o->batch && o->keep_going) return cli_usage(call, "--keep-going belongs to --batch");
    int code = 1;
    if (read_settings(&s, o, &err) != DLRN_OK)
        cli_fail(call, &err);
    else
        code = o->batch ? extract_batch(call, s) : extract_one(call, s);
    dlrn_radiomics_free(s);
    return code;
}

static const extract_opts defaults = {.format = "csv"};

const cli_command cmd_extract = {
    .name = "extract",
    .group = "images",
    .summary = "radiomics features with PyRadiomics' names and numbers",
    .usage = "IMAGE MASK [-p PARAMS.yaml] [-o OUT] [-f csv|json|txt]\n"
             "--batch CASES.csv -p PARAMS.yaml -o features.csv [--keep-going]",
    .details = "Pixels are taken as stored. A parameter file is PyRadiomics' own (setting,\n"
               "imageType, featureClass); without one its defaults hold. An undefined value is\n"
               "nan (json: null). A batch that was interrupted goes on where it stopped when it\n"
               "is run again.",
    .examples = "  # one vertebra of a radiograph\n"
                "  dlrn extract xray.png mask.png -p xray_2d -f json\n"
                "  # all cases of a table, two at a time\n"
                "  dlrn extract --batch cohort.csv -p params.yaml -o features.csv -j 2\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .opts_size = sizeof(extract_opts),
    .defaults = &defaults,
    .run = run,
};
