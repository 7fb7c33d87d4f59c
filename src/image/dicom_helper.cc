/* SPDX-License-Identifier: Apache-2.0
 *
 * dlrn-dicom: reads a DICOM file on stdin, decodes it with GDCM, answers on stdout as
 * dicom_pipe.h says. A program of its own, because a damaged file may abort the decoder.
 */
#include <algorithm>
#include <cstdio>
#include <utility>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "image/dicom_decode.h"

namespace
{

void set_limit(int what, rlim_t value)
{
    struct rlimit r;
    r.rlim_cur = r.rlim_max = value;
    (void)setrlimit(static_cast<__rlimit_resource>(what), &r);
}

/* Enough for what a file of this size can hold, so that a made-up length fails at once. */
void limit_memory(size_t file)
{
#ifdef DLRN_SHADOW_SANITIZER // its shadow alone takes terabytes of addresses
    (void)file;
#else
    const rlim_t gib = static_cast<rlim_t>(1) << 30;
    set_limit(RLIMIT_AS, std::min(8 * gib, gib + 256 * static_cast<rlim_t>(file)));
#endif
}

std::string read_stdin()
{
    std::string all;
    char buf[65536];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, stdin)) > 0)
        all.append(buf, n);
    return all;
}

} // namespace

int main()
{
    set_limit(RLIMIT_CORE, 0);
    (void)prctl(PR_SET_DUMPABLE, 0); // nor a patient's picture to a collector of crashes
    set_limit(RLIMIT_CPU, 60);
    dlrn_dicom_head h;
    std::vector<char> pixels;
    std::string file = read_stdin();
    limit_memory(file.size());
    dlrn_dicom_decode(&h, &pixels, std::move(file));
    const bool good = fwrite(&h, sizeof h, 1, stdout) == 1 &&
                      fwrite(pixels.data(), 1, pixels.size(), stdout) == pixels.size();
    return fflush(stdout) == 0 && good ? 0 : 1;
}
