/* SPDX-License-Identifier: Apache-2.0
 *
 * The fixed parts of the page: style and behaviour. Internal.
 */
#ifndef DLRN_REPORT_PAGE_H
#define DLRN_REPORT_PAGE_H

extern const char report_style[];
extern const char report_style_media[]; /* wide, narrow, print; comes after report_style */
extern const char report_script[];

#endif
