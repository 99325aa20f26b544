// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/visibility.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace ouro::inline v0 {

class context;
template <class T>
class context_var;

namespace detail {

class context_data;

/// A value of a context variable, shared by all contexts that inherited it.
class context_value {
 public:
  virtual ~context_value() = default;
  void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<std::uint32_t> references_{1};
};

template <class T>
struct context_value_of final : context_value {
  template <class... Arguments>
  explicit context_value_of(Arguments&&... arguments)
      : value(std::forward<Arguments>(arguments)...) {}
  T value;
};

using context_value_ptr = intrusive_ptr<context_value>;

/// What a `context` object and the tasks that run in it share.
class context_box {
 public:
  ~context_box();
  void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void drop_reference() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  context_data* data = nullptr;  // owned; null while no variable has a value

 private:
  std::atomic<std::uint32_t> references_{1};
};

/// The context that a task or callback runs in: its own copy of a mapping, shared until one side
/// writes, or a `context` object that others see too. One word; empty is null.
class context_slot {
 public:
  context_slot() noexcept = default;
  context_slot(context_slot&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
  context_slot& operator=(context_slot&& other) noexcept {
    std::swap(word_, other.word_);
    return *this;
  }
  ~context_slot() {
    if (word_ != 0) release();
  }

  /// What a new task or callback starts with: `explicit_context` if there is one, else a copy of
  /// the current context.
  static context_slot for_new(const context* explicit_context) noexcept {
    context_slot slot;
    if (explicit_context != nullptr || !current().empty()) slot.inherit(explicit_context);
    return slot;
  }

  context_value* find(const void* variable) const noexcept;
  void assign(const void* variable, context_value_ptr value);  // null value: forget it
  intrusive_ptr<context_data> data() const noexcept;

  /// The slot of what runs in this thread now.
  static context_slot& current() noexcept { return current_ != nullptr ? *current_ : outside(); }

  /// Makes `slot` current; gives back what was. Null is the thread outside any loop.
  static context_slot* exchange_current(context_slot* slot) noexcept {
    return std::exchange(current_, slot);
  }

 private:
  friend class ouro::context;

  /// Whether no variable has a value here: the usual case, as run() gives its main task a
  /// `context`.
  bool empty() const noexcept { return word_ == 0 || ((word_ & 1) != 0 && box()->data == nullptr); }

  static context_slot& outside() noexcept;
  void inherit(const context* explicit_context) noexcept;
  void release() noexcept;
  context_box* box() const noexcept {
    return (word_ & 1) != 0 ? reinterpret_cast<context_box*>(word_ & ~std::uintptr_t{1}) : nullptr;
  }

  OURO_ONE_PER_PROCESS static constinit inline thread_local context_slot* current_ = nullptr;

  std::uintptr_t word_ = 0;  // context_data*, or context_box* with the lowest bit set
};

}  // namespace detail

/// A set of values of context variables. Copies are independent of each other only when made by
/// copy_context(); copying the object shares it. asyncio: contextvars.Context.
class context {
 public:
  /// An empty context.
  context();
  context(const context& other) noexcept;
  context& operator=(context other) noexcept;
  ~context() = default;

  /// Calls `function` with this context current; changes that it makes stay in this context.
  template <class Function>
  decltype(auto) run(Function&& function) {
    struct restore {
      detail::context_slot* previous;
      ~restore() { detail::context_slot::exchange_current(previous); }
    } guard{detail::context_slot::exchange_current(&slot_)};
    return std::forward<Function>(function)();
  }

  /// The value of `variable` in this context, or nothing.
  template <class T>
  std::optional<T> get(const context_var<T>& variable) const {
    auto* found = slot_.find(&variable);
    if (found == nullptr) return std::nullopt;
    return static_cast<detail::context_value_of<T>*>(found)->value;
  }

 private:
  friend class detail::context_slot;
  friend context copy_context();
  void take_current() noexcept;

  detail::context_slot slot_;
};

/// A copy of the current context. asyncio: contextvars.copy_context().
context copy_context();

namespace detail {
[[noreturn]] void throw_unset_variable(const char* name);
}

/// A variable whose value belongs to the context: each task has its own copy, made when the task
/// was created. Must outlive all contexts that hold a value of it; make it a global.
/// asyncio: contextvars.ContextVar.
template <class T>
class context_var {
 public:
  /// What set() gives, for reset().
  class token {
   public:
    token(token&&) noexcept = default;
    token& operator=(token&&) noexcept = default;

   private:
    friend class context_var;
    explicit token(detail::context_value_ptr previous) noexcept : previous_(std::move(previous)) {}
    detail::context_value_ptr previous_;
  };

  explicit context_var(const char* name) : name_(name) {}
  context_var(const char* name, T default_value)
      : name_(name), default_(std::move(default_value)) {}
  context_var(const context_var&) = delete;
  context_var& operator=(const context_var&) = delete;

  const char* name() const noexcept { return name_; }

  /// The value in the current context, else the default.
  /// Errors: std::out_of_range if there is neither.
  const T& get() const {
    if (auto* found = detail::context_slot::current().find(this)) {
      return static_cast<detail::context_value_of<T>*>(found)->value;
    }
    if (!default_) detail::throw_unset_variable(name_);
    return *default_;
  }

  /// Sets the value in the current context.
  token set(T value) {
    detail::context_slot& slot = detail::context_slot::current();
    token previous{detail::context_value_ptr(slot.find(this))};
    slot.assign(
        this, detail::context_value_ptr::adopt(new detail::context_value_of<T>(std::move(value))));
    return previous;
  }

  /// Puts back what was there before the set() that gave `before`.
  void reset(token before) {
    detail::context_slot::current().assign(this, std::move(before.previous_));
  }

 private:
  const char* name_;
  std::optional<T> default_;
};

}  // namespace ouro::inline v0
