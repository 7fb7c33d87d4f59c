/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <dlrn/deep.h>
#include <dlrn/image.h>
#include <dlrn/table.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct opts {
    const char *batch, *weights, *out, *name, *normalise;
    int64_t label, size;
    double margin;
    bool keep_going, invert;
} opts;

static const cli_option options[] = {
    {"batch", 0, CLI_READ, offsetof(opts, batch), "CASES.csv",
     "many: columns Image,Mask[,Label], or a cohort table"},
    {"weights", 'w', CLI_READ, offsetof(opts, weights), "FILE", "weights of ResNet-50"},
    {"out", 'o', CLI_WRITE, offsetof(opts, out), "FILE", "the table (default: stdout)"},
    {"name", 0, CLI_TEXT, offsetof(opts, name), "NAME",
     "columns are deep_NAME_0000... (default: resnet50, or made_up)"},
    {"normalise", 0, CLI_TEXT, offsetof(opts, normalise), "HOW",
     "imagenet, minus1_1, caffe or none (default: imagenet)"},
    {"label", 'l', CLI_INTEGER, offsetof(opts, label), "N", "label of the mask (default: 1)"},
    {"margin", 0, CLI_NUMBER, offsetof(opts, margin), "M",
     "around the outline, share of its larger side (default: 0.25)"},
    {"size", 0, CLI_INTEGER, offsetof(opts, size), "PX", "side of the crop (default: 224)"},
    {"invert", 0, CLI_FLAG, offsetof(opts, invert), NULL,
     "undo the inversion of MONOCHROME1 images"},
    {"keep-going", 0, CLI_FLAG, offsetof(opts, keep_going), NULL,
     "a case that fails is left out with a warning"},
};
static const opts defaults = {.normalise = "imagenet", .label = 1, .size = 224, .margin = 0.25};

/* One row of work; strings owned. */
typedef struct kase {
    char *id, *image, *mask;
    int64_t label;
    size_t line; /* of the table of cases */
    bool failed, inverted;
} kase;

typedef struct work {
    const cli_call *call;
    const opts *o;
    kase *list; /* [n] */
    size_t n;
    float *crops;    /* [n][size][size] */
    float *features; /* [n][2048] */
} work;

static void clear_work(work *w)
{
    for (size_t i = 0; w->list && i < w->n; i++) {
        free(w->list[i].id);
        free(w->list[i].image);
        free(w->list[i].mask);
    }
    free(w->list);
    free(w->crops);
    free(w->features);
}

static dlrn_status set_case(kase *k, const char *folder, const char *id, const char *image,
                            const char *mask, dlrn_error *err)
{
    k->id = dlrn_strdup(id);
    k->image = dlrn_path_join(folder, image);
    k->mask = dlrn_path_join(folder, mask);
    return k->id && k->image && k->mask ? DLRN_OK : dlrn_fail(err, DLRN_ENOMEM, "out of memory");
}

/* The column of ids, as a study finds it in a table of features; SIZE_MAX: none. */
static size_t find_ids(const dlrn_table *t)
{
    const char *const names[] = {"id", "ID", "Id"};
    size_t at = SIZE_MAX;
    for (size_t k = 0; k < sizeof names / sizeof *names && at == SIZE_MAX; k++)
        at = dlrn_table_find(t, names[k]);
    return at;
}

/* The first of two columns that is there. */
static dlrn_status find_column(size_t *out, const dlrn_table *t, const char *name,
                               const char *other, dlrn_error *err)
{
    *out = dlrn_table_find(t, other);
    return *out == SIZE_MAX ? dlrn_table_need(out, t, name, err) : DLRN_OK;
}

static dlrn_status read_label(int64_t *out, const dlrn_table *t, size_t column, size_t i,
                              dlrn_error *err)
{
    double x;
    if (column == SIZE_MAX || dlrn_table_missing(t, column, i)) return DLRN_OK;
    const char *text = dlrn_table_text(t, column, i);
    if (!dlrn_parse_double(&x, text, strlen(text)) || floor(x) != x || fabs(x) > 1e9)
        return dlrn_fail(err, DLRN_EINVAL, "%s, line %zu: label '%.40s' is not a whole number",
                         dlrn_table_name(t), dlrn_table_line(t, i), text);
    *out = (int64_t)x;
    return DLRN_OK;
}

static dlrn_status read_cases(work *w, dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    size_t image, mask;
    char number[32], *folder = dlrn_path_folder(w->o->batch);
    DLRN_TRY(dlrn_table_read(&t, w->o->batch, err));
    DLRN_TRY(find_column(&image, t, "image", "Image", err));
    DLRN_TRY(find_column(&mask, t, "mask", "Mask", err));
    const size_t id = find_ids(t), lower = dlrn_table_find(t, "mask_label");
    const size_t label = lower == SIZE_MAX ? dlrn_table_find(t, "Label") : lower;
    DLRN_TRY(dlrn_alloc_or_fail(&w->list, dlrn_table_rows(t), err));
    w->n = dlrn_table_rows(t);
    for (size_t i = 0; i < w->n; i++) {
        kase *k = &w->list[i];
        snprintf(number, sizeof number, "%zu", i + 1);
        k->label = w->o->label;
        k->line = dlrn_table_line(t, i);
        DLRN_TRY(set_case(k, folder, id == SIZE_MAX ? number : dlrn_table_text(t, id, i),
                          dlrn_table_text(t, image, i), dlrn_table_text(t, mask, i), err));
        DLRN_TRY(read_label(&k->label, t, label, i, err));
        st = cli_spare(w->o->out, k->image, k->mask, err);
        if (st != DLRN_OK) {
            dlrn_error_prefix(err, "%s, line %zu: ", dlrn_table_name(t), dlrn_table_line(t, i));
            goto done;
        }
    }
done:
    dlrn_table_free(t);
    free(folder);
    return st;
}

/* The image's name without folder and endings. */
static char *stem(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *point = strchr(name, '.');
    return point && point > name ? dlrn_strndup(name, (size_t)(point - name)) : dlrn_strdup(name);
}

static dlrn_status one_case(work *w, dlrn_error *err)
{
    dlrn_status st;
    char *id = stem(w->call->args[0]);
    DLRN_TRY(dlrn_alloc_or_fail(&w->list, 1, err));
    w->n = 1;
    w->list[0].label = w->o->label;
    st = set_case(&w->list[0], NULL, id ? id : "", w->call->args[0], w->call->args[1], err);
done:
    free(id);
    return st;
}

static dlrn_status cut(float **crop, kase *k, const opts *o, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image image = {0}, mask_image = {0};
    dlrn_mask mask = {0};
    dlrn_crop_opts how = DLRN_CROP_DEFAULTS;
    how.margin = o->margin;
    how.size = (int)o->size;
    DLRN_TRY(dlrn_image_read(&image, k->image, err));
    DLRN_TRY(dlrn_image_read(&mask_image, k->mask, err));
    st = dlrn_geometry_check(&image, &mask_image, 0, err);
    if (st == DLRN_OK) st = dlrn_mask_from_image(&mask, &mask_image, k->label, err);
    if (st != DLRN_OK) {
        if (!strstr(err->msg, k->mask)) dlrn_error_prefix(err, "%s: ", k->mask);
        goto done;
    }
    k->inverted = image.inverted;
    how.invert = o->invert && image.inverted;
    st = dlrn_crop_square(crop, &image, &mask, &how, err);
    if (st != DLRN_OK) dlrn_error_prefix(err, "%s: ", k->image);
done:
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask_image);
    dlrn_mask_clear(&mask);
    return st;
}

static dlrn_status cut_case(void *user, size_t i, size_t worker, dlrn_error *err)
{
    (void)worker;
    work *w = user;
    float *crop = NULL;
    dlrn_error own;
    const size_t count = (size_t)(w->o->size * w->o->size);
    const dlrn_status st = cut(&crop, &w->list[i], w->o, &own);
    if (st != DLRN_OK && w->o->batch)
        dlrn_error_prefix(&own, "%s, line %zu: ", w->o->batch, w->list[i].line);
    if (st == DLRN_OK) {
        memcpy(w->crops + i * count, crop, count * sizeof *crop);
    } else if (w->o->keep_going && st != DLRN_ENOMEM) {
        w->list[i].failed = true; // its crop stays 0; its row is left out
        dlrn_log(&w->call->exec, DLRN_LOG_WARNING, "left out: %s", own.msg);
    } else {
        free(crop);
        *err = own;
        return st;
    }
    free(crop);
    return dlrn_progress(&w->call->exec, "crops", i + 1, w->n, err);
}

static void warn_of_inverted(const work *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++)
        n += w->list[i].inverted;
    if (n && !w->o->invert)
        cli_warn(
            w->call,
            "%zu of %zu images are MONOCHROME1, in which bright means little, and are taken as "
            "stored; --invert turns them, as a study does",
            n, w->n);
}

static dlrn_status compute(work *w, const dlrn_weights *weights, dlrn_error *err)
{
    dlrn_status st;
    dlrn_network *net = NULL;
    dlrn_normalise how;
    const dlrn_exec *ex = &w->call->exec;
    DLRN_TRY(dlrn_normalise_parse(&how, w->o->normalise, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->crops, w->n * (size_t)w->o->size * (size_t)w->o->size, err));
    DLRN_TRY(dlrn_alloc_or_fail(&w->features, w->n * DLRN_DEEP_FEATURES, err));
    DLRN_TRY(dlrn_parallel_for(w->n, dlrn_exec_threads(ex), cut_case, w, err));
    warn_of_inverted(w);
    st = dlrn_network_open(&net, weights, ex, err);
    if (st != DLRN_OK) {
        dlrn_error_prefix(err, "%s: ", w->o->weights);
        goto done;
    }
    st = dlrn_network_features(w->features, net, w->crops, w->n, (int)w->o->size, how, ex, err);
done:
    dlrn_network_free(net);
    return st;
}

/* Features are floats: their shortest digits are those of the double they become. */
static dlrn_status fill_table(dlrn_table *t, const work *w, const size_t *row, size_t n,
                              const char *name, bool made_up, dlrn_error *err)
{
    dlrn_status st;
    char column[96];
    double *v = NULL;
    const char **text = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&v, n, err));
    DLRN_TRY(dlrn_alloc_or_fail(&text, n, err));
    for (size_t i = 0; i < n; i++)
        text[i] = w->list[row[i]].id;
    DLRN_TRY(dlrn_table_add_text(t, "id", text, err));
    for (size_t k = 0; k < DLRN_DEEP_FEATURES; k++) {
        snprintf(column, sizeof column, "deep_%.64s_%04zu", name, k);
        for (size_t i = 0; i < n; i++)
            v[i] = (double)w->features[row[i] * DLRN_DEEP_FEATURES + k];
        DLRN_TRY(dlrn_table_add_numbers(t, column, v, err));
    }
    for (size_t i = 0; i < n; i++)
        text[i] = "made_up";
    if (made_up) st = dlrn_table_add_text(t, "weights", text, err);
done:
    free(v);
    free(text);
    return st;
}

static dlrn_status make_table(dlrn_str *out, const work *w, const dlrn_weights *weights,
                              dlrn_error *err)
{
    dlrn_status st;
    dlrn_table *t = NULL;
    size_t *row, n = 0;
    const bool made_up = dlrn_weights_made_up(weights);
    const char *name = w->o->name ? w->o->name : made_up ? "made_up" : "resnet50";
    DLRN_TRY(dlrn_alloc_or_fail(&row, w->n, err));
    for (size_t i = 0; i < w->n; i++)
        if (!w->list[i].failed) row[n++] = i;
    DLRN_TRY(dlrn_table_new(&t, n, "deep features", err));
    DLRN_TRY(fill_table(t, w, row, n, name, made_up, err));
    dlrn_table_print(out, t, "nan");
    if (out->failed) st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for the table");
done:
    dlrn_table_free(t);
    free(row);
    return st;
}

static int check_usage(const cli_call *call, const opts *o)
{
    dlrn_error err;
    dlrn_normalise how;
    if (!o->weights)
        return cli_usage(call, "say which weights with --weights FILE ('dlrn weights init' makes "
                               "some up for a dry run)");
    if (o->batch ? call->n_args != 0 : call->n_args != 2)
        return cli_usage(call, o->batch ? "--batch takes no image besides"
                                        : "expected an image and a mask, or --batch CASES.csv");
    if (o->keep_going && !o->batch) return cli_usage(call, "--keep-going belongs to --batch");
    if (dlrn_normalise_parse(&how, o->normalise, &err) != DLRN_OK)
        return cli_usage(call, "--%s", err.msg);
    if (o->size < 32 || o->size > 4096) return cli_usage(call, "--size: expected 32 to 4096");
    if (!(o->margin >= 0 && o->margin <= 10)) return cli_usage(call, "--margin: expected 0 to 10");
    if (o->name && (!*o->name || strlen(o->name) > 64 || strpbrk(o->name, " ,;\"\t\n")))
        return cli_usage(call, "--name: expected a word of at most 64 letters");
    return 0;
}

static int run(const cli_call *call)
{
    const opts *o = call->opts;
    dlrn_error err;
    dlrn_weights *weights = NULL;
    dlrn_str table = {0};
    work w = {.call = call, .o = o};
    int code = check_usage(call, o);
    if (code) return code;
    dlrn_status st = o->batch ? read_cases(&w, &err) : one_case(&w, &err);
    if (st == DLRN_OK) st = dlrn_weights_load(&weights, o->weights, &err);
    if (st == DLRN_OK && dlrn_weights_made_up(weights))
        cli_warn(call, "%s: these weights are made up: the features mean nothing", o->weights);
    if (st == DLRN_OK) st = compute(&w, weights, &err);
    if (st == DLRN_OK) st = make_table(&table, &w, weights, &err);
    code = st == DLRN_OK ? cli_deliver(call, o->out, dlrn_str_get(&table), table.len)
                         : cli_fail(call, &err);
    size_t failed = 0;
    for (size_t i = 0; code == 0 && i < w.n; i++)
        failed += w.list[i].failed;
    if (failed) {
        cli_warn(call, "%zu of %zu cases failed; they have no rows", failed, w.n);
        code = 1;
    }
    dlrn_str_clear(&table);
    clear_work(&w);
    dlrn_weights_free(weights);
    return code;
}

const cli_command cmd_deep = {
    .name = "deep",
    .group = "images",
    .summary = "the 2048 average-pool features of ResNet-50",
    .usage = "IMAGE MASK --weights W [-o deep.csv]\n--batch CASES.csv --weights W [-o deep.csv]",
    .details =
        "The square around the outline, with its margin, is scaled to 224 pixels (aspect kept),\n"
        "its 1st to 99th percentile to 0..1, then normalised and given to all three channels.\n"
        "Of a volume it is the first slice that the mask touches.\n"
        "Normalise as the weights were trained: imagenet for torchvision's, minus1_1 or caffe for\n"
        "RadImageNet's. Features of made-up weights bear a last column weights = made_up.",
    .examples =
        "  # one vertebra\n  dlrn deep spine.png outline.png --weights resnet50.safetensors\n"
        "  # a cohort\n  dlrn deep --batch cohort.csv --weights RadImageNet.safetensors \\\n"
        "      --normalise minus1_1 --name radimagenet -o deep.csv\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .opts_size = sizeof(opts),
    .defaults = &defaults,
    .run = run,
};
