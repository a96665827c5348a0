# Adds the OpenCL backends to mandel-kernels where OpenCL's headers are. Nothing is linked: the library is
# looked for when the backends are asked for (api.h).
set(MANDEL_OPENCL AUTO CACHE STRING "OpenCL backends: AUTO (if the headers are found), ON or OFF")
set_property(CACHE MANDEL_OPENCL PROPERTY STRINGS AUTO ON OFF)
set(MANDEL_HAVE_OPENCL OFF CACHE INTERNAL "the OpenCL backends are built")
if(NOT MANDEL_OPENCL)
  return()
endif()
find_path(MANDEL_OPENCL_HEADERS CL/cl.h)
if(NOT MANDEL_OPENCL_HEADERS)
  if(MANDEL_OPENCL STREQUAL "AUTO")
    message(STATUS "OpenCL's headers (opencl-c-headers) were not found: its backends are left out")
    return()
  endif()
  message(FATAL_ERROR "MANDEL_OPENCL is ON, but CL/cl.h was not found. Install opencl-c-headers.")
endif()
set(MANDEL_HAVE_OPENCL ON CACHE INTERNAL "the OpenCL backends are built")

set(MANDEL_OPENCL_TEXT "")
foreach(part opencl/dialect.cl gpu/orbit.inc gpu/band.inc opencl/work.cl gpu/follow.inc gpu/refill.inc opencl/kernels.cl)
  file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${part} text)
  string(APPEND MANDEL_OPENCL_TEXT "${text}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${part})
endforeach()
configure_file(opencl/source.cpp.in opencl_source.cpp @ONLY)

target_sources(mandel-kernels PRIVATE
  opencl/api.cpp
  opencl/backends.cpp
  opencl/build.cpp
  opencl/devices.cpp
  opencl/engine.cpp
  opencl/programs.cpp
  opencl/queue.cpp
  opencl/slot.cpp
  opencl/trial.cpp
  ${CMAKE_CURRENT_BINARY_DIR}/opencl_source.cpp
)
target_compile_definitions(mandel-kernels PUBLIC MANDEL_HAVE_OPENCL)
target_include_directories(mandel-kernels SYSTEM PRIVATE ${MANDEL_OPENCL_HEADERS})
target_link_libraries(mandel-kernels PRIVATE ${CMAKE_DL_LIBS})
