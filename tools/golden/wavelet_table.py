#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/radiomics/wavelet_tables.c: the decomposition filters of PyWavelets' discrete families.

    python tools/golden/wavelet_table.py > src/radiomics/wavelet_tables.c      (needs PyWavelets)

A filter that another one already holds is stored once.
"""
import pywt

FAMILIES = ('haar', 'db', 'sym', 'coif', 'bior', 'rbio', 'dmey')


def main():
    values, rows, seen = [], [], {}

    def place(filt):
        key = tuple(filt)
        if key not in seen:
            seen[key] = len(values)
            values.extend(filt)
        return seen[key]

    for family in FAMILIES:
        for name in pywt.wavelist(family):
            w = pywt.Wavelet(name)
            rows.append((name, w.dec_len, place(w.dec_lo), place(w.dec_hi)))
    print('''/* SPDX-License-Identifier: Apache-2.0
 *
 * Decomposition filters of the discrete wavelets. Made by tools/golden/wavelet_table.py from
 * PyWavelets %s.
 */
#include "radiomics/wavelet.h"

// clang-format off
const double dlrn_wavelet_values[] = {''' % pywt.__version__)
    line = ''
    for v in values:
        item = ('%.17g' % v) + ', '
        if len(line) + len(item) > 96:
            print('    ' + line.rstrip())
            line = ''
        line += item
    print('    ' + line.rstrip())
    print('};\n\nconst dlrn_wavelet_row dlrn_wavelet_rows[] = {')
    for r in rows:
        print('    {"%s", %d, %d, %d},' % r)
    print('};\n// clang-format on\n')
    print('const int dlrn_wavelet_n = (int)(sizeof dlrn_wavelet_rows / sizeof *dlrn_wavelet_rows);')


if __name__ == '__main__':
    main()
