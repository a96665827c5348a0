// The text that a device's driver compiles: dialect.cl, the files *.inc of kernels/gpu, work.cl and
// kernels.cl, which the build puts together and into the program. One text, not one for each
// backend: to compile is what takes long.
#pragma once

namespace mandel::opencl {

extern const char* const kSource;

}  // namespace mandel::opencl
