/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables that grow row by row.
 */
#include "study/tables_out.h"

#include "study/folder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void separate(csv_out *c)
{
    if (c->mid_row) dlrn_str_add(&c->text, ",");
    c->mid_row = true;
}

void csv_text(csv_out *c, const char *s)
{
    separate(c);
    if (!s[strcspn(s, "\",\r\n")]) {
        dlrn_str_add(&c->text, s);
        return;
    }
    dlrn_str_add(&c->text, "\"");
    for (; *s; s++)
        dlrn_str_addn(&c->text, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
    dlrn_str_add(&c->text, "\"");
}

void csv_number(csv_out *c, double x)
{
    separate(c);
    if (!isnan(x)) dlrn_str_add_double(&c->text, x);
}

void csv_end_row(csv_out *c)
{
    dlrn_str_add(&c->text, "\n");
    c->mid_row = false;
}

void csv_header(csv_out *c, const char *names)
{
    dlrn_str_add(&c->text, names);
    csv_end_row(c);
}

dlrn_status csv_write(csv_out *c, const char *out, const char *sub, const char *name,
                      dlrn_error *err)
{
    dlrn_status st;
    char *path = NULL;
    if (c->text.failed)
        st = dlrn_fail(err, DLRN_ENOMEM, "out of memory for %s", name);
    else
        st = folder_path(&path, out, sub, name, err);
    if (st == DLRN_OK) st = dlrn_write_file(path, dlrn_str_get(&c->text), c->text.len, err);
    free(path);
    dlrn_str_clear(&c->text);
    *c = (csv_out){.mid_row = false};
    return st;
}
