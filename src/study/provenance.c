/* SPDX-License-Identifier: Apache-2.0
 *
 * provenance.json.
 */
#include "study/provenance.h"

#include "study/folder.h"

#include <dlrn/version.h>

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_mib(void)
{
    struct rusage u;
    return getrusage(RUSAGE_SELF, &u) == 0 ? (double)u.ru_maxrss / 1024 : 0;
}

dlrn_status provenance_start(provenance *p, const study_run *r, dlrn_error *err)
{
    struct tm utc;
    const time_t now = time(NULL);
    (void)r;
    *p = (provenance){.steps = dlrn_json_array(), .began = seconds()};
    if (!gmtime_r(&now, &utc) ||
        !strftime(p->started, sizeof p->started, "%Y-%m-%dT%H:%M:%SZ", &utc))
        return dlrn_fail(err, DLRN_EINTERNAL, "the clock gives no date");
    return DLRN_OK;
}

void provenance_begin(provenance *p, const char *step)
{
    p->step = step;
    p->step_began = seconds();
}

void provenance_end(provenance *p)
{
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "step", p->step);
    dlrn_json_set_number(j, "seconds", seconds() - p->step_began);
    dlrn_json_set_number(j, "peak_mib_so_far", peak_mib());
    dlrn_json_append_take(p->steps, j);
}

static dlrn_status add_input(dlrn_json *inputs, const char *what, const char *path, dlrn_error *err)
{
    char hex[65];
    const dlrn_status st = dlrn_sha256_file(hex, path, err);
    if (st != DLRN_OK) return st;
    dlrn_json *j = dlrn_json_object();
    dlrn_json_set_string(j, "what", what);
    dlrn_json_set_string(j, "sha256", hex);
    dlrn_json_append_take(inputs, j);
    return DLRN_OK;
}

/* File names may hold a patient's name: a case is named by its id and the kind of file. */
static dlrn_status add_case_inputs(dlrn_json *inputs, const study_run *r, char *const *path,
                                   const char *kind, dlrn_error *err)
{
    for (size_t i = 0; path && i < r->cohort.rows; i++) {
        char what[160];
        if (!path[i]) continue;
        snprintf(what, sizeof what, "%s of %.100s", kind, r->cohort.id[i]);
        const dlrn_status st = add_input(inputs, what, path[i], err);
        if (st != DLRN_OK) return st;
    }
    return DLRN_OK;
}

static dlrn_status add_table(dlrn_json *inputs, const study_run *r, const char *name,
                             const char *what, dlrn_error *err)
{
    if (!name) return DLRN_OK;
    char *path = dlrn_path_join(r->c.folder, name);
    const dlrn_status st = path ? add_input(inputs, what, path, err)
                                : dlrn_fail(err, DLRN_ENOMEM, "out of memory for a path");
    free(path);
    return st;
}

static dlrn_status add_inputs(dlrn_json *inputs, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    bool images = r->c.radiomics.params != NULL;
    DLRN_TRY(add_input(inputs, "study file", r->c.path, err));
    DLRN_TRY(add_input(inputs, "cohort table", r->cohort.path, err));
    DLRN_TRY(add_table(inputs, r, r->c.radiomics.features, "radiomics features", err));
    for (size_t k = 0; k < r->c.n_deep; k++) {
        images = images || r->c.deep[k].weights;
        DLRN_TRY(add_table(inputs, r, r->c.deep[k].features, r->c.deep[k].name, err));
        DLRN_TRY(add_table(inputs, r, r->c.deep[k].weights, r->c.deep[k].name, err));
    }
    if (!images) goto done;
    DLRN_TRY(add_case_inputs(inputs, r, r->cohort.image, "image", err));
    DLRN_TRY(add_case_inputs(inputs, r, r->cohort.mask, "mask", err));
    DLRN_TRY(add_case_inputs(inputs, r, r->cohort.mask2, "second mask", err));
done:
    return st;
}

dlrn_status provenance_write(provenance *p, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    dlrn_json *j = dlrn_json_object(), *inputs = dlrn_json_array();
    st = add_inputs(inputs, r, err);
    dlrn_json_set_string(j, "started", p->started);
    dlrn_json_set_number(j, "seconds", seconds() - p->began);
    dlrn_json_set_number(j, "peak_mib", peak_mib());
    dlrn_json_set_integer(j, "threads", dlrn_exec_threads(r->ex));
    dlrn_json_set_take(j, "steps", dlrn_json_copy(p->steps));
    dlrn_json_set_take(j, "versions", dlrn_version_json());
    dlrn_json_set_integer(j, "seed", r->c.seed);
    dlrn_json_set_take(j, "settings", study_config_json(&r->c));
    dlrn_json_set_take(j, "weights", dlrn_json_copy(r->weights));
    dlrn_json_set_take(j, "inputs", inputs);
    if (st == DLRN_OK) st = folder_write_json(r->out, "provenance.json", j, err);
    dlrn_json_free(j);
    return st;
}

void provenance_clear(provenance *p)
{
    dlrn_json_free(p->steps);
    *p = (provenance){0};
}
