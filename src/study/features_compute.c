/* SPDX-License-Identifier: Apache-2.0
 *
 * Computing rows of features, many at a time, keeping what is finished.
 *
 * The kept file: "DLRNROWS", 64 digits of the key, then records of a case's number and its p
 * doubles, in the machine's own byte order: it never leaves the output folder. A record that was
 * cut off is computed again.
 */
#include "study/features.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct kept_rows {
    feature_set *s;
    bool *finished; /* [n] */
    size_t n_finished;
    FILE *f;
} kept_rows;

static const char MAGIC[8] = {'D', 'L', 'R', 'N', 'R', 'O', 'W', 'S'};
enum { HEADER = 8 + 64 };

static void take_kept(kept_rows *k, const feature_job *job)
{
    char *text = NULL;
    size_t len;
    const size_t record = sizeof(uint64_t) + k->s->p * sizeof(double);
    if (dlrn_read_file(&text, &len, job->kept, NULL) != DLRN_OK) return;
    if (len >= HEADER && !memcmp(text, MAGIC, 8) && !memcmp(text + 8, job->key, 64)) {
        for (size_t at = HEADER; at + record <= len; at += record) {
            uint64_t i;
            memcpy(&i, text + at, sizeof i);
            if (i >= k->s->n || k->finished[i]) continue;
            memcpy(k->s->x + i * k->s->p, text + at + sizeof i, record - sizeof i);
            k->finished[i] = true;
            k->n_finished++;
        }
    }
    free(text);
}

/* Starts the kept file anew with what is finished, so that a cut-off record is gone. */
static dlrn_status restart_kept(kept_rows *k, const feature_job *job, dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    dlrn_out o = {0};
    DLRN_TRY(dlrn_out_open(&o, job->kept, err));
    fwrite(MAGIC, 1, sizeof MAGIC, o.f);
    fwrite(job->key, 1, 64, o.f);
    for (uint64_t i = 0; i < k->s->n; i++) {
        if (!k->finished[i]) continue;
        fwrite(&i, sizeof i, 1, o.f);
        fwrite(k->s->x + i * k->s->p, sizeof(double), k->s->p, o.f);
    }
    DLRN_TRY(dlrn_out_commit(&o, err));
    k->f = fopen(job->kept, "ab");
    if (!k->f) st = dlrn_fail(err, DLRN_EIO, "%s: cannot write", job->kept);
done:
    dlrn_out_discard(&o);
    return st;
}

static dlrn_status compute_rest(kept_rows *k, const feature_job *job, const dlrn_exec *ex,
                                dlrn_error *err)
{
    dlrn_status st = DLRN_OK;
    const size_t n = k->s->n, width = 8 * (size_t)dlrn_exec_threads(ex);
    size_t *rest = NULL, n_rest = 0;
    DLRN_TRY(dlrn_alloc_or_fail(&rest, n, err));
    for (size_t i = 0; i < n; i++)
        if (!k->finished[i]) rest[n_rest++] = i;
    for (size_t at = 0; at < n_rest; at += width) {
        const size_t m = n_rest - at < width ? n_rest - at : width;
        DLRN_TRY(dlrn_progress(ex, job->stage, k->n_finished + at, n, err));
        DLRN_TRY(job->fn(job->user, k->s, rest + at, m, ex, err));
        for (size_t r = 0; r < m; r++) {
            const uint64_t i = rest[at + r];
            fwrite(&i, sizeof i, 1, k->f);
            fwrite(k->s->x + i * k->s->p, sizeof(double), k->s->p, k->f);
        }
        fflush(k->f); // a full disk costs the next run a few rows, not this one its result
    }
    DLRN_TRY(dlrn_progress(ex, job->stage, n, n, err));
done:
    free(rest);
    return st;
}

dlrn_status feature_set_compute(feature_set *s, const feature_job *job, const dlrn_exec *ex,
                                dlrn_error *err)
{
    dlrn_status st;
    kept_rows k = {.s = s};
    free(s->x);
    s->x = NULL;
    DLRN_TRY(dlrn_alloc_or_fail(&s->x, s->n * s->p, err));
    DLRN_TRY(dlrn_alloc_or_fail(&k.finished, s->n, err));
    take_kept(&k, job);
    DLRN_TRY(restart_kept(&k, job, err));
    DLRN_TRY(compute_rest(&k, job, ex, err));
done:
    if (k.f) fclose(k.f);
    free(k.finished);
    return st;
}
