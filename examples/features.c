/* SPDX-License-Identifier: Apache-2.0
 *
 * Radiomics features of one outlined region, by the C library:
 *
 *   cc -std=c11 features.c $(pkg-config --cflags --libs dlrn) -o features
 *   ./features image.png mask.png
 */
#include <dlrn/dlrn.h>

#include <stdio.h>

static void show_warning(void *user, dlrn_level level, const char *message)
{
    (void)user;
    if (level == DLRN_LOG_WARNING) fprintf(stderr, "warning: %s\n", message);
}

static dlrn_status print_features(const char *image_path, const char *mask_path, dlrn_error *err)
{
    dlrn_status st;
    dlrn_image image = {0}, mask = {0};
    dlrn_radiomics *settings = NULL;
    dlrn_features features = {0};
    const dlrn_hooks hooks = {.log = show_warning};
    const dlrn_exec exec = {.hooks = &hooks};

    DLRN_TRY(dlrn_image_read(&image, image_path, err));
    DLRN_TRY(dlrn_image_read(&mask, mask_path, err));
    DLRN_TRY(dlrn_radiomics_profile(&settings, "xray_2d", err));
    DLRN_TRY(dlrn_radiomics_set(settings, "binWidth=10", err));
    DLRN_TRY(dlrn_radiomics_extract(&features, &image, &mask, settings, &exec, err));
    for (size_t i = 0; i < features.n; i++) {
        char number[32];
        printf("%s %s", features.name[i], dlrn_format_double(number, features.value[i]));
        printf("%s%s\n", features.reason[i] ? "   # " : "",
               features.reason[i] ? features.reason[i] : "");
    }
done:
    dlrn_features_clear(&features);
    dlrn_radiomics_free(settings);
    dlrn_image_clear(&mask);
    dlrn_image_clear(&image);
    return st;
}

int main(int argc, char **argv)
{
    dlrn_error err;
    if (argc != 3) {
        fprintf(stderr, "usage: %s IMAGE MASK\n", argv[0]);
        return 2;
    }
    if (print_features(argv[1], argv[2], &err) == DLRN_OK) return 0;
    fprintf(stderr, "%s: %s\n", argv[0], err.msg);
    return 1;
}
