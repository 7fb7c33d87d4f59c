/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of the steps: the only place that knows it.
 */
#include "study/findings.h"
#include "study/folder.h"
#include "study/provenance.h"
#include "study/run.h"
#include "study/summary.h"

#include <stdlib.h>
#include <string.h>

typedef struct step {
    const char *name;
    const char *what; /* for the plan */
    dlrn_status (*run)(study_run *r, dlrn_error *err);
} step;

static dlrn_status step_check(study_run *r, dlrn_error *err)
{
    dlrn_findings f = {0};
    dlrn_status st = study_findings(&f, r, err);
    for (size_t k = 0; st == DLRN_OK && k < f.n; k++) {
        if (f.v[k].is_error)
            st = dlrn_fail(err, DLRN_EINVAL, "%s", f.v[k].message);
        else
            study_warn(r, "%s", f.v[k].message);
    }
    dlrn_findings_clear(&f);
    return st;
}

/* Fine-tuning changes weights; the settings refuse to ask for it in this version. */
static dlrn_status step_finetune(study_run *r, dlrn_error *err)
{
    (void)r;
    (void)err;
    return DLRN_OK;
}

static dlrn_status step_figures(study_run *r, dlrn_error *err)
{
    return study_draw_figures(r->out, r->ex, err);
}

static dlrn_status step_report(study_run *r, dlrn_error *err)
{
    return study_write_report(r->out, r->ex, err);
}

static const step steps[] = {
    {"check", "check rows, images, masks and settings", step_check},
    {"radiomics", "compute radiomics features, or read them from a table", study_step_radiomics},
    {"finetune", "nothing: no backbone is fine-tuned", step_finetune},
    {"deep", "compute deep features, or read them from a table", study_step_deep},
    {"fuse", "join radiomics and deep features", study_step_fuse},
    {"select", "select features on the training rows", study_step_select},
    {"train", "tune, cross-validate and fit the learners on the training rows", study_step_train},
    {"nomogram", "fit the clinical model and the nomogram", study_step_nomogram},
    {"evaluate", "test every model on every cohort", study_step_evaluate},
    {"figures", "draw the figures", step_figures},
    {"report", "write the report", step_report},
};
enum { N_STEPS = sizeof steps / sizeof *steps };

static dlrn_status find_last(size_t *last, const char *until, dlrn_error *err)
{
    const char *names[N_STEPS];
    *last = N_STEPS - 1;
    for (size_t k = 0; k < N_STEPS; k++) {
        names[k] = steps[k].name;
        if (until && !strcmp(until, steps[k].name)) {
            *last = k;
            return DLRN_OK;
        }
    }
    if (!until) return DLRN_OK;
    const char *near = dlrn_nearest(until, names, N_STEPS);
    return dlrn_fail(err, DLRN_EINVAL,
                     "--until: there is no step '%s'%s%s%s; the steps are check, radiomics, "
                     "finetune, deep, fuse, select, train, nomogram, evaluate, figures, report",
                     until, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static dlrn_status run_steps(study_run *r, size_t last, dlrn_error *err)
{
    dlrn_status st;
    provenance p;
    DLRN_TRY(provenance_start(&p, r, err));
    for (size_t k = 0; k <= last; k++) {
        // selection is fitted inside training; alone it is only a stop on the way
        if (steps[k].run == study_step_select && last != k) continue;
        DLRN_TRY(dlrn_progress(r->ex, steps[k].name, 0, 1, err));
        provenance_begin(&p, steps[k].name);
        DLRN_TRY(steps[k].run(r, err));
        if (steps[k].run == study_step_evaluate) DLRN_TRY(study_step_bundle(r, err));
        provenance_end(&p);
        DLRN_TRY(dlrn_progress(r->ex, steps[k].name, 1, 1, err));
    }
    DLRN_TRY(provenance_write(&p, r, err));
done:
    provenance_clear(&p);
    return st;
}

static char *describe_plan(const study_run *r, size_t last)
{
    dlrn_str b = {0};
    dlrn_str_addf(&b, "%zu rows, %zu of them for training; output folder %s\n", r->cohort.rows,
                  r->n_train, r->out);
    for (size_t k = 0; k <= last; k++)
        dlrn_str_addf(&b, "  %-10s %s\n", steps[k].name, steps[k].what);
    if (!b.failed) return b.s;
    dlrn_str_clear(&b);
    return NULL;
}

dlrn_status dlrn_study_run(dlrn_study_summary *out, const char *yaml, const dlrn_study_opts *opts,
                           const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st;
    study_run r = {0};
    size_t last;
    bool made = false;
    *out = (dlrn_study_summary){0};
    DLRN_TRY(find_last(&last, opts ? opts->until : NULL, err));
    DLRN_TRY(study_run_load(&r, yaml, opts, ex, err));
    if (opts && opts->dry_run) {
        out->plan = describe_plan(&r, last);
        goto done;
    }
    st = folder_open(&made, r.out, err);
    if (st == DLRN_OK && opts && opts->fresh) folder_forget(r.out);
    if (st == DLRN_OK) st = run_steps(&r, last, err);
    if (st != DLRN_OK) {
        folder_withdraw(r.out, made);
        goto done;
    }
    if (!strcmp(steps[last].name, "report")) out->report = dlrn_path_join(r.out, "report.html");
    if (dlrn_json_get(r.results, "performance")) out->table = summary_table(r.results);
done:
    study_run_clear(&r);
    if (st != DLRN_OK) dlrn_study_summary_clear(out);
    return st;
}

void dlrn_study_summary_clear(dlrn_study_summary *s)
{
    free(s->table);
    free(s->report);
    free(s->plan);
    *s = (dlrn_study_summary){0};
}

dlrn_status dlrn_study_report(const char *out, const dlrn_exec *ex, dlrn_error *err)
{
    dlrn_status st = study_draw_figures(out, ex, err);
    return st == DLRN_OK ? study_write_report(out, ex, err) : st;
}
