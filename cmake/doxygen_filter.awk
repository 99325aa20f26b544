# Shows doxygen a header without what is not for users, and without the inline namespace.
/^namespace ouro::inline v0::detail [{]/ { hidden = 1 }
/^namespace detail [{]/ { hidden = 1 }
/^[}]  \/\/ namespace ouro/ { print "}"; ended = 1 }
{
  if (hidden || ended) {
    print ""
  } else {
    sub(/^namespace ouro::inline v0/, "namespace ouro")
    print
  }
}
/^[}]  \/\/ namespace detail/ { hidden = 0 }
