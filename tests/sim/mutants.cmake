# Does the simulator notice a broken plan? Each mutant is the plan with one line broken on purpose;
# its test hunts through seeds and fails if none of them fails. When a mutant's line is rewritten,
# configuring fails until the mutant is, too.

# File by file, so that a mutant's own object can stand in for one of the library's.
set_target_properties(mandel-plan PROPERTIES UNITY_BUILD OFF)

# mutant(NAME FILE TEXT REPLACEMENT [SAYS]): TEXT must be in master/FILE exactly once. The referee must
# catch it alone; with SAYS it is Plan::check() that must, and print what this expression matches.
function(mutant name file text replacement)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/master/${file})
  file(READ ${PROJECT_SOURCE_DIR}/master/${file} before)
  string(FIND "${before}" "${text}" first)
  string(FIND "${before}" "${text}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "mutant ${name}: this is not exactly once in master/${file}: ${text}")
  endif()
  string(REPLACE "${text}" "${replacement}" after "${before}")
  file(CONFIGURE OUTPUT ${folder}/${file} CONTENT "${after}" @ONLY)
  # Its own object comes first, so that the linker has no use for the library's.
  add_executable(mutant-${name} ${folder}/${file})
  # What the optimiser could win in the hunt, it takes longer to find.
  target_compile_options(mutant-${name} PRIVATE -w $<$<CONFIG:Release>:-O1>)
  target_link_libraries(mutant-${name} PRIVATE mandel-sim-main mandel-sim-core)
  set(catcher "")
  if(NOT ARGN)
    set(catcher --referee-only)
  endif()
  add_test(NAME Mutant.${name} COMMAND mutant-${name} --hunt --seeds 5000 ${catcher})
  set_tests_properties(Mutant.${name} PROPERTIES TIMEOUT 300 PASS_REGULAR_EXPRESSION "${ARGN}")
endfunction()

mutant(drops_acknowledgements_of_late_results plan/plan.cpp
  "  actions_.emplace_back(action::Acknowledge{done.session, done.chunk});\n"
  "  if (wants(done.session, done.chunk))\n    actions_.emplace_back(action::Acknowledge{done.session, done.chunk});\n")
mutant(never_misses_a_task plan/plan.cpp
  "if (now_ - held.granted > kLease) forgotten.push_back(held.chunk)"
  "if (now_ < 0) forgotten.push_back(held.chunk)")
mutant(accepts_twice plan/plan.cpp
  "if (is_finished_ || chunk >= chunks_ || !is_missing(chunk)) return false"
  "if (is_finished_ || chunk >= chunks_) return false")
mutant(never_absolves plan/plan.cpp
  "  absolve(joined.incarnation);\n"
  "")
mutant(blames_one_process_again plan/plan_blame.cpp
  "  if (is_known) return;\n"
  "")
mutant(never_backs_up plan/plan_backup.cpp
  "for (auto it = idle.begin(); it != few; ++it)"
  "for (auto it = few; it != few; ++it)")
mutant(believes_without_a_second plan/plan.cpp
  "if (print == first.print) {"
  "if (now_ >= 0 || print == first.print) {")
mutant(forgets_to_revoke plan/plan.cpp
  "if (!done_[chunk] || makers_[chunk] != worker) continue"
  "if (now_ >= 0 || makers_[chunk] != worker) continue")
mutant(grants_beyond_the_window plan/plan_grant.cpp
  "open_.size() - condemned_.size() + unfreed_"
  "open_.size() - condemned_.size()")
mutant(grants_beyond_the_credit plan/plan_grant.cpp
  "session.held.size() >= credit_of(session, all)"
  "session.held.size() > credit_of(session, all)")
mutant(forgets_to_cancel plan/plan_recover.cpp
  "    actions_.emplace_back(action::Cancel{{id, chunk, held->attempt}});\n"
  "")
mutant(blames_itself_not_for_its_pause plan/plan.cpp
  "      shift(held.moved);\n"
  "")
mutant(ends_before_the_rest plan/plan.cpp
  "if (is_finished_ || has_rest_ || !is_through()) return"
  "if (is_finished_ || !is_through()) return")
mutant(waits_for_the_hung_with_the_rest plan/plan_grant.cpp
  "const bool is_late = now_ - opened_ > kLease"
  "const bool is_late = now_ < 0")
mutant(never_rests plan/plan_blame.cpp
  "return it != rests_.end() && it->second.is_resting"
  "return now_ < 0 && it->second.is_resting")
mutant(waits_for_a_second_opinion_for_ever plan/plan.cpp
  "if (now_ <= first.until) continue"
  "if (now_ >= 0 || now_ <= first.until) continue")
mutant(convicts_before_all_have_tried plan/plan_blame.cpp
  "return tries(session, chunk) < 2 &&"
  "return now_ < 0 &&")
mutant(waits_for_whoever_is_at_it_for_ever plan/plan_blame.cpp
  "  return now_ - (had_its_time ?"
  "  return now_ >= 0 || now_ - (had_its_time ?")
mutant(believes_machines_that_die_with_everything plan/plan_blame.cpp
  "return now_ - last_result_ > kComputedMax ||"
  "return now_ >= 0 ||")
mutant(keeps_chunks_for_others_for_ever plan/plan_grant.cpp
  "now_ - open.tried > kKeptForOthers"
  "now_ < 0")
mutant(counts_on_those_who_rest plan/plan_blame.cpp
  "return !is_resting(session) || is_computing(session);"
  "return now_ >= 0 || is_computing(session);")

# These only Plan::check() notices, and tells with the story of the chunk, if it is one chunk's fault.
# With --referee-only they live through all 2,000 seeds. (Where the plan checks itself, as in the preset
# debug, it is the first to say so.)
set(check "(the plan's own check|mandel bug): ")
set(story "[^\n]*\n +[0-9.]+ s  granted to session [0-9]+\n")
mutant(forgets_that_the_released_may_be_backed_up plan/plan_recover.cpp
  "  if (was_active && active_holders(chunk) == 0) put_back(chunk);\n  index_backups(chunk);\n"
  "  if (was_active && active_holders(chunk) == 0) put_back(chunk);\n"
  "${check}chunk [0-9]+ has [^\n]*backed up${story}")
mutant(leaves_the_revived_pending plan/plan_recover.cpp
  "  if (!open_.at(held.chunk).is_condemned()) unpend(held.chunk);\n"
  ""
  "${check}chunk [0-9]+ is pending, with active holders: 1${story}")
mutant(counts_the_lanes_of_the_gone plan/plan_recover.cpp
  "  lanes_ -= session.capacity.lanes;\n"
  ""
  "${check}[0-9]+ lanes instead of [0-9]+\n")
mutant(counts_on_the_leaving plan/plan.cpp
  "  set_chunk_ns(it->second, 0);  // the others' speed counts from now on\n"
  ""
  "${check}session [0-9]+ leaves, and is still counted on")
mutant(forgets_when_it_was_granted plan/plan_grant.cpp
  "  open.tried = now_;\n"
  ""
  "${check}chunk [0-9]+ was granted to session [0-9]+ unnoticed${story}")
mutant(forgets_when_it_was_condemned plan/plan_blame.cpp
  "  if (open.blames.size() == kBlamesMax) open.condemned = now_;\n"
  ""
  "${check}chunk [0-9]+ has 3 blames${story}")
mutant(gives_a_second_opinion_no_time_after_its_pause plan/plan.cpp
  "      kept.until += paused.duration;\n"
  ""
  "${check}chunk [0-9]+ has no time for a second opinion${story}")
mutant(rests_for_too_long plan/plan.cpp
  "rests_[joined.machine].joined(joined.incarnation, now_)"
  "rests_[joined.machine].died(joined.incarnation + 1, now_ + 2 * Rests::kMax)"
  "${check}machine [0-9]+ rests")
