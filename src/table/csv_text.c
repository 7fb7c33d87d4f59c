/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether a file is text that may be a table, and what it is if not.
 */
#include "table/csv.h"

#include <ctype.h>
#include <string.h>

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (const char *p = text; p < at && (p = memchr(p, '\n', (size_t)(at - p))); p++)
        line++;
    return line;
}

/* The length of the UTF-8 character at p, 0 where it is none. The NUL after the text ends any
 * sequence that runs out. */
static size_t utf8_length(const unsigned char *p)
{
    if (p[0] < 0x80) return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf) return (p[1] & 0xc0) == 0x80 ? 2 : 0;
    if (p[0] >= 0xe0 && p[0] <= 0xef) {
        if ((p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80) return 0;
        const bool overlong = p[0] == 0xe0 && p[1] < 0xa0, surrogate = p[0] == 0xed && p[1] > 0x9f;
        return overlong || surrogate ? 0 : 3;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        if ((p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 || (p[3] & 0xc0) != 0x80) return 0;
        return (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
    }
    return 0;
}

static const char *first_bad_byte(const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    while (p < end) {
        uint64_t eight;
        if (end - p >= 8) {
            memcpy(&eight, p, 8);
            if (!(eight & 0x8080808080808080u)) {
                p += 8;
                continue;
            }
        }
        const size_t n = utf8_length((const unsigned char *)p);
        if (n == 0) return p;
        p += n;
    }
    return NULL;
}

/* What else people hand over, by how it begins. */
static const struct {
    const char *begins;
    size_t len;
    const char *is;
} other[] = {
    {"\xff\xfe", 2, "UTF-16 text, expected UTF-8; save it as \"CSV UTF-8\""},
    {"\xfe\xff", 2, "UTF-16 text, expected UTF-8; save it as \"CSV UTF-8\""},
    {"PK\x03\x04", 4, "an Excel workbook or another zip file; save its sheet as \"CSV UTF-8\""},
    {"\xd0\xcf\x11\xe0", 4, "an old Excel or Word file; save its sheet as \"CSV UTF-8\""},
    {"\x89PNG", 4, "a PNG image, expected a CSV table"},
    {"\xff\xd8\xff", 3, "a JPEG image, expected a CSV table"},
    {"%PDF", 4, "a PDF file, expected a CSV table"},
    {"\x1f\x8b", 2, "compressed with gzip; unpack it first"},
    {"\x89HDF", 4, "an HDF5 file, expected a CSV table"},
    {"PAR1", 4, "a Parquet file, expected a CSV table"},
};

/* JSON and markup have a first line, but none that names columns. */
static const char *other_text(const char *text)
{
    const char *p = text + strspn(text, " \t\r\n");
    const char next = p[0] ? p[1 + strspn(p + 1, " \t\r\n")] : '\0';
    if (*p == '{' && (next == '"' || next == '}')) return "JSON, expected a CSV table";
    if (*p == '[' && next && strchr("{[\"]", next)) return "JSON, expected a CSV table";
    if (*p == '<' && (next == '!' || next == '?' || isalpha((unsigned char)next)))
        return "a web page or XML, expected a CSV table";
    return NULL;
}

dlrn_status csv_check_text(const char *text, size_t len, const char *name, dlrn_error *err)
{
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (len >= other[i].len && !memcmp(text, other[i].begins, other[i].len))
            return dlrn_fail(err, DLRN_EFORMAT, "%s: is %s", name, other[i].is);
    const char *nul = memchr(text, '\0', len);
    if (nul)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "%s: is a binary file (line %zu holds a zero byte), expected a CSV table",
                         name, line_of(text, nul));
    const char *bad = first_bad_byte(text, len);
    if (bad)
        return dlrn_fail(err, DLRN_EFORMAT,
                         "%s: line %zu is not UTF-8 text; a CSV table was expected, saved as "
                         "\"CSV UTF-8\"",
                         name, line_of(text, bad));
    const char *is = other_text(text);
    return is ? dlrn_fail(err, DLRN_EFORMAT, "%s: is %s", name, is) : DLRN_OK;
}
