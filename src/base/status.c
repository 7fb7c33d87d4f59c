/* SPDX-License-Identifier: Apache-2.0
 *
 * Status, error, version.
 */
#include <dlrn/base.h>

#include <stdarg.h>
#include <string.h>

dlrn_status dlrn_fail(dlrn_error *err, dlrn_status code, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        va_start(ap, fmt);
        err->code = code;
        vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
    }
    return code;
}

void dlrn_error_prefix(dlrn_error *err, const char *fmt, ...)
{
    if (!err) return;
    char old[sizeof err->msg];
    memcpy(old, err->msg, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    const int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof err->msg)
        snprintf(err->msg + n, sizeof err->msg - (size_t)n, "%s", old);
}

const char *dlrn_version(void)
{
    return DLRN_VERSION;
}
