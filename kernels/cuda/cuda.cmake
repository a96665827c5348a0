# Adds the CUDA backends to mandel-kernels where there is a CUDA compiler. GPU code is built without
# a GPU: only running it needs one, and a static runtime library that looks for the driver by itself.
set(MANDEL_CUDA AUTO CACHE STRING "GPU backends: AUTO (if a CUDA compiler is found), ON or OFF")
set_property(CACHE MANDEL_CUDA PROPERTY STRINGS AUTO ON OFF)
set(MANDEL_HAVE_CUDA OFF CACHE INTERNAL "the CUDA backends are built")
if(NOT MANDEL_CUDA)
  return()
endif()

# The toolkit's own installer does not put nvcc on the PATH. (Named in the environment, not in
# CMAKE_CUDA_COMPILER, so that check_language still tries whether it works.)
find_program(MANDEL_NVCC nvcc HINTS ENV CUDA_PATH PATHS /usr/local/cuda/bin PATH_SUFFIXES bin)
if(MANDEL_NVCC AND NOT DEFINED ENV{CUDACXX})
  set(ENV{CUDACXX} ${MANDEL_NVCC})
endif()
# Turing to Hopper as machine code, later ones by the driver from the last one's PTX.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 86-real 89-real 90)
endif()
set(CMAKE_MESSAGE_LOG_LEVEL WARNING)
include(CheckLanguage)
check_language(CUDA)
unset(CMAKE_MESSAGE_LOG_LEVEL)
if(NOT CMAKE_CUDA_COMPILER)
  if(MANDEL_CUDA STREQUAL "AUTO")
    message(STATUS "CUDA was not found: GPU backends are left out")
    return()
  endif()
  message(FATAL_ERROR "MANDEL_CUDA is ON, but no CUDA compiler that works was found. Install the "
                      "CUDA toolkit (12 or later), or name nvcc in the environment: CUDACXX=PATH.")
endif()
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)
set(MANDEL_HAVE_CUDA ON CACHE INTERNAL "the CUDA backends are built")
set(MANDEL_CUDA_INCLUDES "${CUDAToolkit_INCLUDE_DIRS}" CACHE INTERNAL "for tests without nvcc")

target_sources(mandel-kernels PRIVATE
  cuda/backends.cpp
  cuda/devices.cpp
  cuda/engine.cpp
  cuda/refill.cu
  cuda/simple.cu
  cuda/slot.cpp
  cuda/sweep.cu
)
# C++17 for the device's sources: the newest that CMake 3.25 knows how to ask nvcc for.
set_target_properties(mandel-kernels PROPERTIES
  CUDA_STANDARD 17 CUDA_ARCHITECTURES "${CMAKE_CUDA_ARCHITECTURES}")
target_compile_definitions(mandel-kernels PUBLIC MANDEL_HAVE_CUDA)
target_compile_options(mandel-kernels PRIVATE
  "$<$<COMPILE_LANGUAGE:CUDA>:--fmad=false;--no-compress;-Xcompiler=-ffp-contract=off,-Wall,-Wextra>")
target_link_libraries(mandel-kernels PRIVATE CUDA::cudart_static)

# What only a machine with a GPU can tell; see deploy/gpu-check.sh.
add_executable(mandel-gpu-check
  check/exactness.cpp
  check/gpu_check.cpp
  check/timing.cpp
)
target_link_libraries(mandel-gpu-check PRIVATE mandel-kernels CUDA::cudart_static)
