#pragma once

namespace nightjar::app {

/// One visitor made of a function for each alternative of a variant.
template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

}  // namespace nightjar::app
