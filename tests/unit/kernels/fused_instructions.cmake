# Looks for fused multiply-adds in the built objects of the kernels. A flag can be lost on the way
# to one file, and then the counts are wrong only in a few pixels of some views; the instructions
# can't hide. Called as
#   cmake -DOBJDUMP=... -DOBJECTS=a.o;b.o;... -DCONTROL=contracted.o -P fused_instructions.cmake
cmake_minimum_required(VERSION 3.25)

# The only sources that may fuse, and only for the doubling fma(t, 2, cy) of simd/orbits-inl.h,
# which rounds once either way (see docs/numerics.md). It is a vector's multiply-add: a scalar one,
# or a multiply-subtract such as x*x - y*y would become, is contraction even there.
set(doubling_sources
  simd/plain.cpp
  simd/deferred.cpp
  simd/refill.cpp
  simd/full.cpp
  doubling_test.cpp
)
set(doubling "vfmadd[0-9]+pd|fmla")

# x86's vfmadd..., vfmsub..., vfnmadd..., vfnmsub...; Arm's fmadd, fmsub, fnmadd, fnmsub, fmla,
# fmls.
set(fused "[ \t]v?f(n?m(add|sub)|ml[as])[a-z0-9]*[ \t]")

# true-count is proved by bounds that cover fused instructions; its files write them out.
set(free "^deep/")

if(NOT OBJDUMP)
  message(STATUS "skipped: there is no objdump here (it comes with binutils)")
  return()
endif()

# The fused instructions of an object file, each once.
function(find_fused object result)
  execute_process(COMMAND ${OBJDUMP} -d --no-show-raw-insn ${object}
                  OUTPUT_VARIABLE listing RESULT_VARIABLE status ERROR_VARIABLE error)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${OBJDUMP} can't read ${object}: ${error}")
  endif()
  string(REGEX MATCHALL "${fused}" found "${listing}")
  list(TRANSFORM found STRIP)
  list(REMOVE_DUPLICATES found)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

# The control: a search that finds nothing anywhere proves nothing.
find_fused(${CONTROL} found)
if(NOT found)
  message(FATAL_ERROR "no fused instruction seen in ${CONTROL}, which is built to have them")
endif()

set(looked_at 0)
set(guilty "")
foreach(object IN LISTS OBJECTS)
  math(EXPR looked_at "${looked_at} + 1")
  # CMake may write TARGET.dir/./FILE.
  string(REGEX REPLACE "^.*\\.dir/(\\./)?(.*)\\.o(bj)?$" "\\2" source ${object})
  find_fused(${object} found)
  if(source MATCHES "${free}")
    continue()
  endif()
  if(source IN_LIST doubling_sources)
    list(FILTER found EXCLUDE REGEX "${doubling}")
  endif()
  if(found)
    string(APPEND guilty "\n  ${source}: ${found}")
  endif()
endforeach()

if(looked_at EQUAL 0)
  message(FATAL_ERROR "there were no objects to look at")
endif()
if(guilty)
  message(FATAL_ERROR "fused instructions where none is allowed:${guilty}")
endif()
message(STATUS "${looked_at} objects looked at; fused instructions only where allowed")
