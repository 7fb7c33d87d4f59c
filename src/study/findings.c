/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing list of things found.
 */
#include "study/findings.h"

#include <stdarg.h>
#include <stdlib.h>

dlrn_status findings_add(dlrn_findings *f, bool is_error, dlrn_error *err, const char *fmt, ...)
{
    dlrn_status st;
    char text[1200];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    DLRN_TRY(dlrn_grow(&f->v, &f->cap, f->n + 1, sizeof *f->v, err));
    f->v[f->n] = (dlrn_finding){is_error, dlrn_strdup(text)};
    if (!f->v[f->n].message)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for a message");
    else
        f->n++;
done:
    return st;
}

void dlrn_findings_clear(dlrn_findings *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->v[i].message);
    free(f->v);
    *f = (dlrn_findings){0};
}
