# The Debian packages, by CPack: mandel-worker (the service), mandel-master, where keys are built
# mandel-keygen, which both need, the C library with its headers, and the Python package. Built by deploy/package.sh. CPack and not debhelper, since CMake already knows what is
# installed; what debhelper would add (units, conffiles, man pages) is written out beside this file.
find_program(HELP2MAN help2man)
if(NOT HELP2MAN)
  message(STATUS "help2man is not installed: no man pages and no packages")
  return()
endif()

set(MANDEL_CONTACT "mandel@users.noreply.example")
set(packages worker master)
if(TARGET mandel-keygen)
  list(APPEND packages keygen)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in changelog @ONLY)
set(text_folder ${PROJECT_BINARY_DIR}/package-text)
file(MAKE_DIRECTORY ${text_folder})
add_custom_command(OUTPUT ${text_folder}/changelog.gz
  COMMAND gzip -9nc ${PROJECT_BINARY_DIR}/changelog > ${text_folder}/changelog.gz
  DEPENDS ${PROJECT_BINARY_DIR}/changelog)
set(texts ${text_folder}/changelog.gz)

# /etc and the unit are for packages only: a plain `cmake --install` leaves them alone.
foreach(package ${packages})
  set(program mandel-${package})
  set(page ${text_folder}/${program}.1.gz)
  add_custom_command(OUTPUT ${page}
    COMMAND ${PROJECT_SOURCE_DIR}/deploy/man/page.sh $<TARGET_FILE:${program}> ${page}
    DEPENDS ${program} ${PROJECT_SOURCE_DIR}/deploy/man/page.sh
            ${PROJECT_SOURCE_DIR}/deploy/man/${program}.h2m)
  list(APPEND texts ${page})
  install(TARGETS ${program} COMPONENT ${package} EXCLUDE_FROM_ALL)
  install(FILES ${page} DESTINATION share/man/man1 COMPONENT ${package} EXCLUDE_FROM_ALL)
  install(FILES ${PROJECT_SOURCE_DIR}/deploy/completion/mandel RENAME ${program}
    DESTINATION share/bash-completion/completions COMPONENT ${package} EXCLUDE_FROM_ALL)
  install(FILES ${text_folder}/changelog.gz ${CMAKE_CURRENT_LIST_DIR}/copyright
    DESTINATION share/doc/${program} COMPONENT ${package} EXCLUDE_FROM_ALL)
endforeach()

# Their own files are in their component whatever is installed: kernels/c_api.
set(libraries "")
if(TARGET mandel)
  set(libraries library development python)
  get_target_property(interface mandel SOVERSION)
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libmandel${interface})
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libmandel-dev)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-mandel)
  install(FILES ${PROJECT_SOURCE_DIR}/kernels/c_api/example.c
    DESTINATION share/doc/libmandel-dev/examples COMPONENT development EXCLUDE_FROM_ALL)
  # The modules as they are, for every Python 3.
  file(GLOB modules ${PROJECT_SOURCE_DIR}/deploy/python/mandel/*.py)
  install(FILES ${modules} ${PROJECT_SOURCE_DIR}/deploy/python/mandel/py.typed
    DESTINATION lib/python3/dist-packages/mandel COMPONENT python EXCLUDE_FROM_ALL)
endif()
foreach(package ${libraries})
  string(TOUPPER ${package} PACKAGE)
  install(FILES ${text_folder}/changelog.gz ${CMAKE_CURRENT_LIST_DIR}/copyright
    DESTINATION share/doc/${CPACK_DEBIAN_${PACKAGE}_PACKAGE_NAME} COMPONENT ${package} EXCLUDE_FROM_ALL)
endforeach()
add_custom_target(mandel-package-texts ALL DEPENDS ${texts})

set(systemd ${PROJECT_SOURCE_DIR}/deploy/systemd)
install(FILES ${systemd}/mandel-worker.service DESTINATION /usr/lib/systemd/system
  COMPONENT worker EXCLUDE_FROM_ALL)
install(FILES ${systemd}/gpu.conf DESTINATION share/doc/mandel-worker/examples
  COMPONENT worker EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_SOURCE_DIR}/deploy/avahi/mandel-worker.service
  DESTINATION /etc/avahi/services COMPONENT worker EXCLUDE_FROM_ALL)
foreach(package worker master)
  install(FILES ${systemd}/${package}.toml DESTINATION /etc/mandel
    COMPONENT ${package} EXCLUDE_FROM_ALL)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL ${packages} ${libraries})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The mandel authors <${MANDEL_CONTACT}>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)  # so that what is built with the library depends on it
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY >=)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Mandelbrot set on many machines")
foreach(package ${packages})
  string(TOUPPER ${package} PACKAGE)
  set(CPACK_DEBIAN_${PACKAGE}_PACKAGE_NAME mandel-${package})
  set(CPACK_DEBIAN_${PACKAGE}_PACKAGE_SECTION science)
endforeach()
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libmandel${interface} (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_WORKER_PACKAGE_DEPENDS adduser)
if(TARGET mandel-keygen)
  string(APPEND CPACK_DEBIAN_WORKER_PACKAGE_DEPENDS ", mandel-keygen (= ${PROJECT_VERSION})")
  set(CPACK_DEBIAN_MASTER_PACKAGE_DEPENDS "mandel-keygen (= ${PROJECT_VERSION})")
endif()
set(CPACK_DEBIAN_MASTER_PACKAGE_SUGGESTS mandel-worker)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
  "python3 (>= 3.9), python3-numpy, libmandel${interface} (>= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS "mandel-master (>= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_LIST_DIR}/python/postinst ${CMAKE_CURRENT_LIST_DIR}/python/prerm)
set(CPACK_DEBIAN_WORKER_PACKAGE_SUGGESTS "avahi-daemon, ocl-icd-libopencl1")
set(CPACK_COMPONENT_WORKER_DESCRIPTION
"A service that computes bands of rows of a picture for any mandel-master that
may connect, on CPUs and GPUs.")
set(CPACK_COMPONENT_MASTER_DESCRIPTION
"Cuts a picture into bands of rows, hands them to workers, verifies and puts
together what comes back, and tells where the time went.")
set(CPACK_COMPONENT_PYTHON_DESCRIPTION
"Counts as NumPy arrays: computed by the kernels in Python's own process, or by
mandel-master on many machines, with the picture filling in in a notebook.")
set(CPACK_COMPONENT_KEYGEN_DESCRIPTION
"Makes the keys by which masters and workers know each other.")
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION
"The kernels of mandel as a library: counts of the Mandelbrot set, bit for bit
the same on every machine.")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"What programs in C and other languages need to use libmandel.")
file(GLOB scripts ${CMAKE_CURRENT_LIST_DIR}/worker/*)
set(CPACK_DEBIAN_WORKER_PACKAGE_CONTROL_EXTRA ${scripts})
set(CPACK_DEBIAN_MASTER_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/master/conffiles)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_LIST_DIR}/library/triggers)
include(CPack)
