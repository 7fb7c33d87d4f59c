/* SPDX-License-Identifier: Apache-2.0
 *
 * Every problem that can be seen before hours are spent: tables against images.
 */
#include "study/findings.h"
#include "study/run.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What looking at one row's files gave. */
typedef struct row_check {
    dlrn_error err; /* code DLRN_OK: readable */
    dlrn_error second;
    size_t roi; /* pixels */
    bool spacing_known;
    char sha256[65]; /* of the image file */
} row_check;

typedef struct checking {
    const study_run *r;
    row_check *row;
    size_t first; /* row that item 0 is about */
} checking;

static dlrn_status check_row(void *user, size_t k, size_t w, dlrn_error *err)
{
    (void)w;
    (void)err; // what is wrong with a row is a finding, not a failure
    const checking *c = user;
    const size_t i = c->first + k;
    row_check *out = &c->row[i];
    case_image im = {0};
    out->err.code = study_read_case(&im, c->r, i, false, &out->err);
    if (out->err.code == DLRN_OK) {
        out->roi = dlrn_mask_box(&im.mask, NULL, NULL);
        out->spacing_known = im.image.spacing_known;
        case_image_clear(&im);
    }
    if (out->err.code == DLRN_OK && c->r->cohort.mask2 && c->r->cohort.mask2[i]) {
        out->second.code = study_read_case(&im, c->r, i, true, &out->second);
        if (out->second.code == DLRN_OK) case_image_clear(&im);
    }
    if (dlrn_sha256_file(out->sha256, c->r->cohort.image[i], NULL) != DLRN_OK)
        out->sha256[0] = '\0';
    return DLRN_OK;
}

static dlrn_status report_rows(dlrn_findings *f, const checking *c, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    size_t known = 0, unknown = 0, first_unknown = 0;
    const size_t n = c->r->cohort.rows;
    for (size_t i = 0; i < n; i++) {
        const row_check *row = &c->row[i];
        const char *id = c->r->cohort.id[i];
        if (row->err.code != DLRN_OK) {
            DLRN_TRY(findings_add(f, true, err, "%s", row->err.msg));
            continue;
        }
        if (row->second.code != DLRN_OK)
            DLRN_TRY(findings_add(f, true, err, "second reader: %s", row->second.msg));
        if (row->roi < 100)
            DLRN_TRY(
                findings_add(f, row->roi < 2, err,
                             "id %s: %s: the outline holds only %zu pixel%s; a vertebra should "
                             "have thousands: outline it again",
                             id, c->r->cohort.mask[i], row->roi, row->roi == 1 ? "" : "s"));
        known += row->spacing_known;
        if (!row->spacing_known && !unknown++) first_unknown = i;
    }
    if (!c->r->c.radiomics.params) return DLRN_OK; // a crop for a network knows no mm
    if (unknown && known)
        DLRN_TRY(findings_add(f, true, err,
                              "%zu images have no pixel spacing (first: id %s) and %zu have one: "
                              "their features cannot be compared; give all of them files with a "
                              "spacing (DICOM, NIfTI, NRRD or MetaImage), or none",
                              unknown, c->r->cohort.id[first_unknown], known));
    else if (unknown && c->r->c.image.spacing > 0)
        DLRN_TRY(findings_add(f, true, err,
                              "no image has a pixel spacing, so none can be brought to %g mm; set "
                              "image: {spacing: 0} to work in pixels",
                              c->r->c.image.spacing));
done:
    return st;
}

typedef struct image_of {
    const char *sha256;
    size_t row;
} image_of;

static int compare_images(const void *a, const void *b)
{
    const image_of *x = a, *y = b;
    const int c = strcmp(x->sha256, y->sha256);
    return c ? c : x->row < y->row ? -1 : x->row > y->row;
}

/* The same radiograph for training and testing is a leak, whatever its file is called. */
static dlrn_status report_shared_images(dlrn_findings *f, const checking *c, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_cohort *k = &c->r->cohort;
    image_of *v = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&v, k->rows, err));
    for (size_t i = 0; i < k->rows; i++)
        v[i] = (image_of){c->row[i].sha256, i};
    qsort(v, k->rows, sizeof *v, compare_images);
    for (size_t i = 1; i < k->rows; i++) {
        const size_t a = v[i - 1].row, b = v[i].row;
        if (!*v[i].sha256 || strcmp(v[i].sha256, v[i - 1].sha256) != 0) continue;
        if (k->cohort[a] != k->cohort[b])
            DLRN_TRY(findings_add(f, true, err,
                                  "id %s (%s) and id %s (%s) show the same image: it would leak "
                                  "from one cohort into the other",
                                  k->id[a], k->cohort_name[k->cohort[a]], k->id[b],
                                  k->cohort_name[k->cohort[b]]));
        else if (k->has_patient && k->patient[a] != k->patient[b])
            DLRN_TRY(findings_add(f, false, err,
                                  "id %s and id %s show the same image but are different patients",
                                  k->id[a], k->id[b]));
    }
done:
    free(v);
    return st;
}

static dlrn_status check_images(dlrn_findings *f, const study_run *r, dlrn_error *err)
{
    enum { CHUNK = 64 };
    dlrn_status st = DLRN_OK;
    bool images = r->c.radiomics.params != NULL;
    for (size_t k = 0; k < r->c.n_deep; k++)
        images = images || r->c.deep[k].weights;
    if (!images || !r->cohort.image || !r->cohort.mask) return DLRN_OK;
    checking c = {r, NULL, 0};
    DLRN_TRY(dlrn_alloc_or_fail(&c.row, r->cohort.rows, err));
    for (size_t at = 0; at < r->cohort.rows; at += CHUNK) {
        const size_t left = r->cohort.rows - at, m = left < CHUNK ? left : CHUNK;
        DLRN_TRY(dlrn_progress(r->ex, "checking images", at, r->cohort.rows, err));
        checking part = {r, c.row, at};
        DLRN_TRY(dlrn_parallel_for(m, dlrn_exec_threads(r->ex), check_row, &part, err));
    }
    DLRN_TRY(report_rows(f, &c, err));
    DLRN_TRY(report_shared_images(f, &c, err));
done:
    free(c.row);
    return st;
}

/* Columns whose name or content could tell who a patient is. */
static dlrn_status check_identifiers(dlrn_findings *f, const study_run *r, dlrn_error *err)
{
    static const char *const words[] = {"name", "birth", "dob",   "address", "phone",
                                        "ssn",  "mrn",   "email", "passport"};
    dlrn_status st = DLRN_OK;
    for (size_t j = 0; j < dlrn_table_cols(r->table); j++) {
        const char *column = dlrn_table_column(r->table, j);
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            if (strcasestr(column, words[k])) {
                DLRN_TRY(findings_add(f, false, err,
                                      "column '%s' looks like an identifier; it is not used, and "
                                      "is better taken out of the table",
                                      column));
                break;
            }
    }
done:
    return st;
}

static dlrn_status check_rows(dlrn_findings *f, const study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const dlrn_cohort *c = &r->cohort;
    if (!c->has_patient)
        DLRN_TRY(findings_add(f, false, err,
                              "there is no patient column: every row counts as its own patient, "
                              "and vertebrae of one patient may be parted"));
    if (c->split_made)
        DLRN_TRY(findings_add(f, false, err,
                              "there is no cohort column: a patient-grouped 80/20 split was made; "
                              "an external cohort is what reviewers ask for"));
    for (size_t k = 0; k < c->n_cohorts; k++) {
        size_t rows = 0, events = 0;
        for (size_t i = 0; i < c->rows; i++) {
            rows += c->cohort[i] == k;
            events += c->cohort[i] == k && c->label[i];
        }
        if (!rows)
            DLRN_TRY(findings_add(f, false, err, "cohort '%s' has no rows", c->cohort_name[k]));
        else if (k && (!events || events == rows))
            DLRN_TRY(findings_add(f, false, err,
                                  "cohort '%s' has only one class (%zu of %zu are positive): it "
                                  "has no AUC",
                                  c->cohort_name[k], events, rows));
    }
done:
    return st;
}

static dlrn_status check_clinical(dlrn_findings *f, const study_run *r, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    clinical_spec s = {0};
    double *x = NULL;
    size_t events = 0;
    dlrn_error why;
    if (!r->c.n_clinical) return DLRN_OK;
    if (clinical_fit(&s, r->c.clinical, r->c.n_clinical, r->table, r->is_train, &why) != DLRN_OK ||
        clinical_encode_table(&x, NULL, &s, r->table, &why) != DLRN_OK) {
        st = findings_add(f, true, err, "%s", why.msg);
        goto done;
    }
    for (size_t k = 0; k < r->n_train; k++)
        events += r->cohort.label[r->train[k]];
    const size_t least = events < r->n_train - events ? events : r->n_train - events;
    if (least < 10 * (s.p + 1))
        DLRN_TRY(findings_add(f, false, err,
                              "%zu events for %zu nomogram parameters (%.1f each): below 10 per "
                              "parameter, estimates are unstable",
                              least, s.p + 1, (double)least / (double)(s.p + 1)));
    for (size_t k = 0; k < s.n; k++)
        if (5 * s.term[k].missing > r->n_train)
            DLRN_TRY(findings_add(f, false, err,
                                  "column '%s' is missing in %zu of %zu training rows",
                                  s.term[k].column, s.term[k].missing, r->n_train));
done:
    free(x);
    clinical_spec_clear(&s);
    return st;
}

dlrn_status study_findings(dlrn_findings *out, const study_run *r, dlrn_error *err)
{
    dlrn_status st;
    DLRN_TRY(check_rows(out, r, err));
    DLRN_TRY(check_clinical(out, r, err));
    DLRN_TRY(check_identifiers(out, r, err));
    DLRN_TRY(check_images(out, r, err));
done:
    return st;
}

dlrn_status dlrn_study_check(dlrn_findings *out, const char *path, const dlrn_exec *ex,
                             dlrn_error *err)
{
    dlrn_status st;
    study_run r = {0};
    dlrn_error why = {DLRN_OK, ""};
    *out = (dlrn_findings){0};
    st = dlrn_path_has_ext(path, ".csv") ? study_run_load_table(&r, path, ex, &why)
                                         : study_run_load(&r, path, NULL, ex, &why);
    if (st == DLRN_ENOMEM || st == DLRN_ECANCELLED) {
        if (err) *err = why;
    } else if (st != DLRN_OK) {
        st = findings_add(out, true, err, "%s", why.msg); // the first; it hides the others
    } else {
        st = study_findings(out, &r, err);
    }
    study_run_clear(&r);
    return st;
}
