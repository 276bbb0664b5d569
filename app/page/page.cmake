# nightjar_embed_page(<target>): builds the web page with npm and compiles it into <target> as page_files() of app/page_files.h.
# Sources stay clean: node_modules and dist are below the build folder, so two build folders can be busy at once.
function(nightjar_embed_page target)
  find_program(NPM npm REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(page ${CMAKE_SOURCE_DIR}/app/page)
  set(work ${CMAKE_BINARY_DIR}/page)
  set(generated ${CMAKE_BINARY_DIR}/page/page_files.cpp)

  file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS ${page}/src/* ${page}/public/*)
  set(page_config ${page}/index.html ${page}/tsconfig.json ${page}/vite.config.ts)
  set(page_packages ${page}/package.json ${page}/package-lock.json ${page}/.npmrc)

  add_custom_command(
    OUTPUT ${work}/installed
    COMMAND ${CMAKE_COMMAND} -E make_directory ${work}
    COMMAND ${CMAKE_COMMAND} -E copy ${page_packages} ${work}
    COMMAND ${CMAKE_COMMAND} -E chdir ${work} ${NPM} ci --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${work}/installed
    DEPENDS ${page_packages}
    COMMENT "Fetching what the page is built with"
    VERBATIM)

  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${work}/src ${work}/public
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${page}/src ${work}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${page}/public ${work}/public
    COMMAND ${CMAKE_COMMAND} -E copy ${page_config} ${work}
    COMMAND ${CMAKE_COMMAND} -E chdir ${work} ${NPM} run --silent build -- --logLevel warn
    COMMAND ${Python3_EXECUTABLE} ${page}/embed.py ${work}/dist ${generated}
    DEPENDS ${work}/installed ${page_sources} ${page_config} ${page}/embed.py
    COMMENT "Building the web page"
    VERBATIM)

  target_sources(${target} PRIVATE ${generated})
endfunction()
