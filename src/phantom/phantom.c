/* SPDX-License-Identifier: Apache-2.0
 *
 * The synthetic study on disk.
 */
#include <dlrn/phantom.h>

#include <dlrn/json.h>

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/dicom_write.h"
#include "phantom/cohort.h"

static const char *const extension[] = {
    [DLRN_PHANTOM_NIFTI] = "nii.gz",
    [DLRN_PHANTOM_PNG] = "png",
    [DLRN_PHANTOM_DICOM] = "dcm",
};

typedef struct job {
    const dlrn_phantom_opts *o;
    const dlrn_exec *ex;
    const char *folder;
    phantom_plan plan;
    atomic_size_t done;
} job;

static void image_name(char name[64], const job *j, const char *folder, size_t patient,
                       const char *suffix)
{
    snprintf(name, 64, "%s/p%05zu%s.%s", folder, patient + 1, suffix, extension[j->o->format]);
}

/* Every file bears a name, so that a test can see that the program lets none out. */
static dlrn_status save_dicom(const dlrn_image *im, const job *j, size_t patient,
                              const char *suffix, const char *path, dlrn_error *err)
{
    char uid[64];
    // one root a phantom, one branch a patient; image, outline and second outline differ in the
    // last
    const int kind = im->stored == DLRN_PIXEL_U16 ? 1 : *suffix ? 3 : 2;
    snprintf(uid, sizeof uid, "2.25.%" PRIu64 ".%zu.%d", j->o->seed, patient + 1, kind);
    const dlrn_dicom_tags tags = {uid, "PHANTOM^MARKED", "MARKED-ID"};
    return dlrn_dicom_write(im, &tags, path, err);
}

static dlrn_status save(const dlrn_image *im, const job *j, const char *folder, size_t patient,
                        const char *suffix, dlrn_error *err)
{
    char name[64];
    image_name(name, j, folder, patient, suffix);
    char *path = dlrn_path_join(j->folder, name);
    if (!path) return dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    const dlrn_status st = j->o->format == DLRN_PHANTOM_DICOM
                               ? save_dicom(im, j, patient, suffix, path, err)
                               : dlrn_image_write(im, path, err);
    free(path);
    return st;
}

/* The second hospital's machine writes bright where little came through. */
static void store_inverted(dlrn_image *im)
{
    for (int64_t i = 0; i < im->dim[0] * im->dim[1]; i++)
        im->v[i] = PHANTOM_WHITE - im->v[i];
    im->inverted = true;
}

static dlrn_status draw_one(void *user, size_t i, size_t worker, dlrn_error *err)
{
    job *j = user;
    dlrn_status st;
    dlrn_image image = {0}, mask[2] = {{0}, {0}};
    phantom_scene scene;
    dlrn_rng rng;
    (void)worker;
    dlrn_rng_seed(&rng, j->o->seed, 2 * i + 1);
    phantom_scene_draw(&scene, &j->plan, i, j->o, &rng);
    DLRN_TRY(phantom_render(&image, mask, &scene, &rng, err));
    if (j->o->format == DLRN_PHANTOM_DICOM && j->plan.patient[i].centre == 1)
        store_inverted(&image);
    DLRN_TRY(save(&image, j, "images", i, "", err));
    DLRN_TRY(save(&mask[0], j, "masks", i, "", err));
    DLRN_TRY(save(&mask[1], j, "masks", i, "_reader2", err));
    // only the first worker speaks: hooks are called from one thread at a time
    const size_t done = atomic_fetch_add(&j->done, 1) + 1;
    if (worker == 0) DLRN_TRY(dlrn_progress(j->ex, "phantom", done, j->plan.n_patients, err));
done:
    dlrn_image_clear(&image);
    dlrn_image_clear(&mask[0]);
    dlrn_image_clear(&mask[1]);
    return st;
}

static void add_cell(dlrn_str *b, double x)
{
    dlrn_str_add(b, ",");
    if (!isnan(x)) dlrn_str_add_double(b, x);
}

static void add_row(dlrn_str *b, const job *j, const phantom_row *w)
{
    const phantom_patient *p = &j->plan.patient[w->patient];
    static const char centre[] = "ABC";
    char image[64], mask[64], mask2[64];
    image_name(image, j, "images", w->patient, "");
    image_name(mask, j, "masks", w->patient, "");
    image_name(mask2, j, "masks", w->patient, "_reader2");
    dlrn_str_addf(b, "v%05zu%c,p%05zu,%c,%s,%s,%s,%d,%s,%d", w->patient + 1, 'a' + w->vertebra,
                  w->patient + 1, centre[p->centre], phantom_cohort_name[w->cohort], image, mask,
                  w->vertebra + 1, mask2, w->label);
    add_cell(b, p->age);
    dlrn_str_add(b, p->female ? ",female" : ",male");
    add_cell(b, p->bmi);
    add_cell(b, p->tscore);
    add_cell(b, w->vas);
    dlrn_str_addf(b, ",%d", w->trauma);
    add_cell(b, w->onset_days);
    dlrn_str_addf(b, ",%s,%.1f\n", phantom_level_name(w->level), w->wedge_deg);
}

static void add_truth(dlrn_str *b, const phantom_row *w)
{
    dlrn_str_addf(b, "v%05zu%c,%d,%d,%.3f", w->patient + 1, 'a' + w->vertebra, w->label,
                  w->looks_acute, w->front_ratio);
    for (int k = 0; k < PHANTOM_SIGNS; k++)
        dlrn_str_addf(b, ",%d", w->sign[k]);
    dlrn_str_add(b, "\n");
}

static dlrn_status put_text(const job *j, const char *name, dlrn_str *text, dlrn_error *err)
{
    char *path = dlrn_path_join(j->folder, name);
    dlrn_status st = DLRN_OK;
    if (!path || text->failed)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
    else
        st = dlrn_write_file(path, dlrn_str_get(text), text->len, err);
    free(path);
    dlrn_str_clear(text);
    return st;
}

static dlrn_status write_tables(const job *j, dlrn_error *err)
{
    dlrn_status st;
    dlrn_str cohort = {0}, truth = {0};
    dlrn_str_add(&cohort, "id,patient,centre,cohort,image,mask,mask_label,mask2,acute,age,sex,bmi,"
                          "tscore,vas,trauma,onset_days,level,wedge_deg\n");
    dlrn_str_add(&truth, "id,acute,looks_acute,front_ratio");
    for (int k = 0; k < PHANTOM_SIGNS; k++)
        dlrn_str_addf(&truth, ",%s", phantom_sign_name[k]);
    dlrn_str_add(&truth, "\n");
    for (size_t i = 0; i < j->plan.n_rows; i++) {
        add_row(&cohort, j, &j->plan.row[i]);
        add_truth(&truth, &j->plan.row[i]);
    }
    DLRN_TRY(put_text(j, "cohort.csv", &cohort, err));
    DLRN_TRY(put_text(j, "truth.csv", &truth, err));
done:
    dlrn_str_clear(&cohort);
    dlrn_str_clear(&truth);
    return st;
}

static dlrn_status write_study(const job *j, dlrn_error *err)
{
    dlrn_str t = {0};
    dlrn_str_addf(&t,
                  "# A synthetic study: made by dlrn phantom, no person is behind it.\n"
                  "dlrn: 1\n"
                  "title: Acute versus chronic osteoporotic vertebral fracture (synthetic%s)\n"
                  "seed: %" PRIu64 "\n"
                  "cohort: cohort.csv\n"
                  "outcome: {column: acute, positive: 1, name: acute fracture}\n"
                  "cohorts: {train: training, test: [internal, external, prospective]}\n"
                  "# trauma and onset_days are left out: they all but tell the label\n"
                  "clinical:\n"
                  "  - {column: age, label: Age (years)}\n"
                  "  - {column: sex, type: category, reference: female, label: Sex}\n"
                  "  - {column: vas, label: Pain (VAS 0-10)}\n",
                  j->o->null_signal ? ", no signal" : "", j->o->seed);
    if (j->o->format == DLRN_PHANTOM_PNG)
        dlrn_str_add(&t, "image: {spacing: 0, geometry: pixels}   # PNG knows no spacing\n");
    dlrn_str_add(&t, "radiomics: {params: xray_2d}\n"
                     "# deep features need weights; see dlrn weights\n"
                     "# deep:\n"
                     "#   - {name: imagenet, weights: resnet50.safetensors, normalise: imagenet}\n"
                     "learners: [lr, lightgbm]\n");
    return put_text(j, "study.yaml", &t, err);
}

static dlrn_status write_settings(const job *j, dlrn_error *err)
{
    char *text = NULL;
    dlrn_json *v = dlrn_json_object();
    dlrn_json_set_string(v, "schema", "dlrn-phantom/1");
    dlrn_json_set_string(v, "program", dlrn_version());
    dlrn_json_set_integer(v, "patients", (int64_t)j->plan.n_patients);
    dlrn_json_set_integer(v, "vertebrae", (int64_t)j->plan.n_rows);
    dlrn_json_set_bool(v, "zhang2024", j->o->zhang2024);
    dlrn_json_set_bool(v, "null", j->o->null_signal);
    dlrn_json_set_string(v, "format", extension[j->o->format]);
    dlrn_json_set_integer(v, "size_px", j->o->size_px);
    dlrn_json_set_integer(v, "seed", (int64_t)j->o->seed);
    dlrn_status st = dlrn_json_text(&text, v, 2, err);
    dlrn_json_free(v);
    if (st != DLRN_OK) return st;
    dlrn_str b = {0};
    dlrn_str_add(&b, text);
    free(text);
    return put_text(j, "phantom.json", &b, err);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* Refuses a folder that holds anything but the parts of a phantom, such as the study made of it. */
static dlrn_status only_parts(const char *folder, dlrn_error *err)
{
    static const char *const parts[] = {".",          "..",         "images",    "masks",
                                        "cohort.csv", "study.yaml", "truth.csv", "phantom.json"};
    dlrn_status st = DLRN_OK;
    DIR *d = opendir(folder);
    if (!d) return dlrn_fail(err, DLRN_EIO, "%s: %s", folder, strerror(errno));
    for (const struct dirent *e; st == DLRN_OK && (e = readdir(d));) {
        size_t k = 0;
        while (k < sizeof parts / sizeof *parts && strcmp(e->d_name, parts[k]) != 0)
            k++;
        if (k == sizeof parts / sizeof *parts)
            st = dlrn_fail(err, DLRN_EINVAL,
                           "%s: is there already and holds %s, which is no part of a phantom; move "
                           "it away or choose another folder",
                           folder, e->d_name);
    }
    closedir(d);
    return st;
}

/* Free to write there: nothing, an empty folder, or a phantom of ours, which *old tells. */
static dlrn_status check_target(bool *old, const char *out, dlrn_error *err)
{
    *old = false;
    if (!dlrn_file_exists(out) || rmdir(out) == 0) return DLRN_OK;
    char *mark = dlrn_path_join(out, "phantom.json");
    *old = mark && dlrn_file_exists(mark);
    free(mark);
    if (*old) return only_parts(out, err);
    return dlrn_fail(err, DLRN_EINVAL,
                     "%s: is there already and was not made by dlrn phantom; choose another folder",
                     out);
}

static dlrn_status check_options(dlrn_phantom_opts *o, dlrn_error *err)
{
    if (o->zhang2024) o->patients = 942;
    if (o->patients == 0) o->patients = 105;
    if (o->size_px == 0) o->size_px = 512;
    if (o->patients < 8 || o->patients > 100000)
        return dlrn_fail(err, DLRN_EINVAL,
                         "a phantom has 8 to 100000 patients, not %" PRId64 " (four cohorts)",
                         o->patients);
    if (o->size_px < 192 || o->size_px > 2048)
        return dlrn_fail(err, DLRN_EINVAL, "images are 192 to 2048 pixels wide, not %" PRId64,
                         o->size_px);
    return DLRN_OK;
}

static dlrn_status make_parts(job *j, dlrn_error *err)
{
    dlrn_status st;
    char *images = dlrn_path_join(j->folder, "images"), *masks = dlrn_path_join(j->folder, "masks");
    if (!images || !masks) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
        goto done;
    }
    DLRN_TRY(dlrn_make_folder(images, err));
    DLRN_TRY(dlrn_make_folder(masks, err));
    DLRN_TRY(dlrn_parallel_for(j->plan.n_patients, dlrn_exec_threads(j->ex), draw_one, j, err));
    DLRN_TRY(write_tables(j, err));
    DLRN_TRY(write_study(j, err));
    DLRN_TRY(write_settings(j, err));
done:
    free(images);
    free(masks);
    return st;
}

dlrn_status dlrn_phantom_generate(const char *out, const dlrn_phantom_opts *opts,
                                  const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    dlrn_phantom_opts o = opts ? *opts : (dlrn_phantom_opts){0};
    dlrn_str part = {0};
    bool old = false, begun = false;
    job j = {.o = &o, .ex = ex};
    DLRN_TRY(check_options(&o, err));
    DLRN_TRY(check_target(&old, out, err));
    dlrn_str_add(&part, out);
    while (part.len > 1 && part.s[part.len - 1] == '/')
        part.s[--part.len] = '\0';
    dlrn_str_add(&part, ".part");
    if (part.failed) {
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory");
        goto done;
    }
    j.folder = part.s;
    DLRN_TRY(phantom_plan_draw(&j.plan, &o, err));
    if (dlrn_file_exists(part.s)) DLRN_TRY(only_parts(part.s, err));
    remove_tree(part.s); // what an interrupted run left
    begun = true;
    DLRN_TRY(make_parts(&j, err));
    if (old) remove_tree(out);
    if (rename(part.s, out) != 0) {
        st = dlrn_fail(err, DLRN_EIO, "%s: cannot put the folder in place: %s", out,
                       strerror(errno));
        goto done;
    }
    begun = false;
done:
    if (begun) remove_tree(part.s);
    phantom_plan_clear(&j.plan);
    dlrn_str_clear(&part);
    return st;
}
