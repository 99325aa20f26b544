// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/context.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace ouro::inline v0 {
namespace detail {

/// A mapping that nobody changes once it is made; small enough for linear search.
class context_data {
 public:
  struct entry {
    const void* variable;
    context_value_ptr value;
  };

  void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  std::vector<entry> entries;

 private:
  std::atomic<std::uint32_t> references_{1};
};

context_box::~context_box() {
  if (data != nullptr) data->drop_reference();
}

context_slot& context_slot::outside() noexcept {
  static thread_local context_slot slot;
  return slot;
}

intrusive_ptr<context_data> context_slot::data() const noexcept {
  if (context_box* shared = box()) return intrusive_ptr<context_data>(shared->data);
  return intrusive_ptr<context_data>(reinterpret_cast<context_data*>(word_));
}

void context_slot::release() noexcept {
  if (context_box* shared = box()) {
    shared->drop_reference();
  } else {
    reinterpret_cast<context_data*>(word_)->drop_reference();
  }
  word_ = 0;
}

void context_slot::inherit(const context* explicit_context) noexcept {
  if (explicit_context != nullptr) {
    word_ = explicit_context->slot_.word_;
    box()->add_reference();
  } else {
    word_ = reinterpret_cast<std::uintptr_t>(current().data().detach());
  }
}

context_value* context_slot::find(const void* variable) const noexcept {
  if (word_ == 0) return nullptr;
  const intrusive_ptr<context_data> mapping = data();
  if (!mapping) return nullptr;
  for (const context_data::entry& entry : mapping->entries) {
    if (entry.variable == variable) return entry.value.get();
  }
  return nullptr;
}

void context_slot::assign(const void* variable, context_value_ptr value) {
  const intrusive_ptr<context_data> before = data();
  auto changed = intrusive_ptr<context_data>::adopt(new context_data);
  if (before) changed->entries = before->entries;
  auto& entries = changed->entries;
  auto at = std::find_if(entries.begin(), entries.end(),
                         [&](const auto& entry) { return entry.variable == variable; });
  if (!value) {
    if (at != entries.end()) entries.erase(at);
  } else if (at != entries.end()) {
    at->value = std::move(value);
  } else {
    entries.push_back({variable, std::move(value)});
  }
  if (context_box* shared = box()) {
    context_data* old = std::exchange(shared->data, changed.detach());
    if (old != nullptr) old->drop_reference();
  } else {
    if (word_ != 0) release();
    word_ = reinterpret_cast<std::uintptr_t>(changed.detach());
  }
}

void throw_unset_variable(const char* name) {
  throw std::out_of_range(std::string("context variable \"") + name +
                          "\" has no value here and no default");
}

}  // namespace detail

context::context() { slot_.word_ = reinterpret_cast<std::uintptr_t>(new detail::context_box) | 1; }

context::context(const context& other) noexcept {
  slot_.word_ = other.slot_.word_;
  slot_.box()->add_reference();
}

context& context::operator=(context other) noexcept {
  std::swap(slot_.word_, other.slot_.word_);
  return *this;
}

context copy_context() {
  context copy;
  copy.take_current();
  return copy;
}

void context::take_current() noexcept {
  slot_.box()->data = detail::context_slot::current().data().detach();  // of a new box
}

}  // namespace ouro::inline v0
