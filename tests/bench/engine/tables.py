"""Writes flat tables of any size for every engine: the sources that tables are timed and compiled with."""

EVENTS = range(8)
HEAD = '#include "tests/bench/engine/table.h"\n'
BY_TAG = "switch (e.tag) { " + " ".join(f"case {e}: process(m, Event<{e}>{{e.value}}); break;" for e in EVENTS) + " default: break; }"


def target(row, rows):
    return (row * 7 + 3) % (rows // 4)


def switch(rows):
    cases = []
    for state in range(rows // 4):
        inner = "".join(f"case {r % 8}: Act<{r % 8}>{{}}({{e.value}}); m.state = {target(r, rows)}; break; " for r in range(state * 4, state * 4 + 4))
        cases.append(f"case {state}: switch (e.tag) {{ {inner}default: break; }} break;")
    return "struct M { std::uint8_t state = 0; };", "switch (m.state) {\n" + "\n".join(cases) + "\ndefault: break; }"


def variant(rows):
    states = range(rows // 4)
    out = ["#include <variant>"] + [f"struct S{s};" for s in states]
    out.append("using M = std::variant<" + ", ".join(f"S{s}" for s in states) + ">;")
    for s in states:
        handlers = "".join(f" static void on(M& m, const Event<{r % 8}>& e);" for r in range(s * 4, s * 4 + 4))
        out.append(f"struct S{s} {{ template <class E> static void on(M&, const E&) {{}}{handlers} }};")
    out += [f"void S{r // 4}::on(M& m, const Event<{r % 8}>& e) {{ Act<{r % 8}>{{}}(e); m = S{target(r, rows)}{{}}; }}" for r in range(rows)]
    out.append("template <class E> void process(M& m, const E& event) { std::visit([&]<class S>(const S&) { S::on(m, event); }, m); }")
    return "\n".join(out), BY_TAG


def in_the_language(rows, keyword):
    lines = [f'{"*" if r == 0 else ""}"state_{r // 4}"_s + event<Event<{r % 8}>> / Act<{r % 8}>{{}} = "state_{target(r, rows)}"_s' for r in range(rows)]
    events = ", ".join(f"Event<{e}>" for e in EVENTS)
    closed = f"using Events = sml::events<{events}>; " if keyword else ""
    return "struct T { " + closed + f"{keyword}auto operator()() const {{ using namespace sml; return make_transition_table(\n" + ",\n".join(lines) + "); } };"


def ours(rows):
    return '#include "fsm/sml/sml.h"\n' + in_the_language(rows, "constexpr ") + "\nstruct M : sml::machine<T> { M() { start(); } };", \
        "m.process_id(static_cast<std::uint8_t>(e.tag), &e.value);"


def typed(rows):
    return ours(rows)[0] + "\n" + "\n".join(f"void process(M& m, const Event<{e}>& e) {{ m.sml::machine<T>::process(e); }}" for e in EVENTS), BY_TAG


def boost_sml(rows):
    return "#include <boost/sml.hpp>\nnamespace sml = boost::sml;\n" + in_the_language(rows, "") + "\nusing M = sml::sm<T>;\n" + \
        "\n".join(f"void process(M& m, const Event<{e}>& e) {{ m.process_event(e); }}" for e in EVENTS), BY_TAG


def boost_msm(rows):
    out = ["#include <boost/mp11/list.hpp>", "#include <boost/mp11/mpl.hpp>", "#include <boost/msm/back/state_machine.hpp>", "#include <boost/msm/front/functor_row.hpp>",
           "#include <boost/msm/front/state_machine_def.hpp>", "namespace msm = boost::msm;"]
    out += [f"struct S{s} : msm::front::state<> {{}};" for s in range(rows // 4)]
    out.append("template <unsigned N> struct Do { template <class E, class F, class A, class B> void operator()(const E& e, F&, A&, B&) const { Act<N>{}(e); } };")
    table = ",\n".join(f"msm::front::Row<S{r // 4}, Event<{r % 8}>, S{target(r, rows)}, Do<{r % 8}>, msm::front::none>" for r in range(rows))
    out.append("struct T : msm::front::state_machine_def<T> { using initial_state = S0; using no_exception_thrown = int; using no_message_queue = int;\n"
               f"using transition_table = boost::mp11::mp_list<\n{table}>;\ntemplate <class F, class E> void no_transition(const E&, F&, int) {{}} }};")
    out.append("struct M : msm::back::state_machine<T> { M() { start(); } };")
    out += [f"void process(M& m, const Event<{e}>& e) {{ m.process_event(e); }}" for e in EVENTS]
    return "\n".join(out), BY_TAG


def source(engine, rows):
    """A program's part: the machine in namespace table, run_<engine>() around it."""
    machine, step = globals()[engine](rows)
    includes = "\n".join(line for line in machine.splitlines() if line.startswith("#"))
    rest = "\n".join(line for line in machine.splitlines() if not line.startswith("#"))
    return f"""{HEAD}{includes}
namespace table {{
namespace {{
{rest}
[[gnu::noinline]] void step(M& m, const Wire& e) {{
{step}
}}
}}
std::uint32_t run_{engine}(const Wire* events, std::size_t count) {{
  M machine;
  return drive(machine, events, count, step);
}}
}}
"""
