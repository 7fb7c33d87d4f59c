/* SPDX-License-Identifier: Apache-2.0
 *
 * The version of each foreign library, told by the one file that includes it. Static texts.
 */
#ifndef DLRN_BASE_LIBRARY_H
#define DLRN_BASE_LIBRARY_H

#ifdef __cplusplus
extern "C" {
#endif

const char *dlrn_library_jansson(void);  /* base/json.c */
const char *dlrn_library_libyaml(void);  /* base/yaml.c */
const char *dlrn_library_libzip(void);   /* base/zip.c; NULL: its module is missing */
const char *dlrn_library_openblas(void); /* base/linalg.c; NULL as above */
const char *dlrn_library_libpng(void);   /* image/png.c */
const char *dlrn_library_libtiff(void);  /* image/tiff.c */
const char *dlrn_library_boost(void);    /* stats/special.cc */
const char *dlrn_library_cairo(void);    /* plot/canvas.c; NULL as above */
const char *dlrn_library_pango(void);    /* plot/canvas.c; NULL as above */
const char *dlrn_library_libsvm(void);   /* model/svm.c */

#ifdef __cplusplus
}
#endif

#endif
