/* SPDX-License-Identifier: Apache-2.0 */
#include "radiomics/registry.h"

#include <string.h>

const char *const dlrn_rad_class_names[DLRN_RAD_N_CLASSES] = {
    "firstorder", "glcm", "gldm", "glrlm", "glszm", "ngtdm", "shape", "shape2D"};

static const char *const class_docs[DLRN_RAD_N_CLASSES] = {
    "X: the N grey values inside the outline, not discretised. p_k: share of the voxels in bin k. "
    "eps = 2^-52. c: the setting voxelArrayShift. m_k: central moments with divisor N.",
    "p(i,j): share of neighbouring voxel pairs with levels i and j, one matrix per direction, made "
    "symmetrical unless symmetricalGLCM is false; a feature is the mean over the directions that "
    "hold a pair. mu, s: mean and standard deviation of the margin px (py). p-(k): share with "
    "|i-j| = k; p+(k): with i+j = k. Ng: highest level. HX, HY, HXY: entropies of px, py, p; HXY1 = "
    "-sum p log2(px py + eps); HXY2 = -sum px py log2(px py + eps); eps = 2^-52.",
    "P(i,j): number of voxels of level i with j-1 dependent neighbours (|level difference| <= "
    "gldm_a); N: number of voxels; p = P/N. IBSI calls this matrix NGLDM.",
    "P(i,j): number of runs of level i and length j, one matrix per direction; a feature is the "
    "mean over the directions in which a line holds more than one voxel. Nr: number of runs; "
    "p = P/Nr.",
    "P(i,j): number of connected zones (8- or 26-neighbours) of level i and size j; Nz: number of "
    "zones; Np: number of voxels; p = P/Nz.",
    "n_i: number of voxels of level i; s_i: sum of |i - mean level of the neighbours| over them; N: "
    "number of voxels; p_i = n_i/N; Ngp: number of levels present.",
    "V: volume, A: area of the triangle mesh (marching cubes at 0.5, mm). l1 <= l2 <= l3: "
    "eigenvalues of the covariance of the voxel centres (mm^2, divisor N).",
    "A: area, P: length of the polygon mesh (marching squares at 0.5, mm). l1 <= l2: eigenvalues "
    "of the covariance of the pixel centres (mm^2, divisor N).",
};

const dlrn_feature_doc *dlrn_rad_class_rows(dlrn_rad_class c, size_t *n)
{
    size_t first = 0;
    while (strcmp(dlrn_rad_catalogue[first].class_name, dlrn_rad_class_names[c]) != 0)
        first++;
    size_t last = first;
    while (last < dlrn_rad_catalogue_n &&
           !strcmp(dlrn_rad_catalogue[last].class_name, dlrn_rad_class_names[c]))
        last++;
    *n = last - first;
    return &dlrn_rad_catalogue[first];
}

const dlrn_feature_doc *dlrn_feature_catalogue(size_t *n)
{
    *n = dlrn_rad_catalogue_n;
    return dlrn_rad_catalogue;
}

const char *dlrn_feature_class_doc(const char *class_name)
{
    for (int c = 0; c < DLRN_RAD_N_CLASSES; c++)
        if (!strcmp(dlrn_rad_class_names[c], class_name)) return class_docs[c];
    return NULL;
}
