// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/assert.hpp"

#include <cstddef>

namespace ouro::inline v0 {

template <class T>
class intrusive_list;

/// A place in an `intrusive_list`. An object is in one list at a time through one hook.
class list_hook {
 public:
  list_hook() noexcept = default;
  list_hook(const list_hook&) = delete;
  list_hook& operator=(const list_hook&) = delete;

  bool linked() const noexcept { return next_ != nullptr; }

  /// Leaves its list; must be in one.
  void unlink() noexcept {
    OURO_ASSERT(linked());
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = nullptr;
    previous_ = nullptr;
  }

 protected:
  ~list_hook() { OURO_ASSERT(!linked()); }

 private:
  template <class T>
  friend class intrusive_list;

  void link_before(list_hook& other) noexcept {
    OURO_ASSERT(!linked());
    previous_ = other.previous_;
    next_ = &other;
    other.previous_->next_ = this;
    other.previous_ = this;
  }

  list_hook* next_ = nullptr;  // null while in no list
  list_hook* previous_ = nullptr;
};

/// A first-in first-out list of objects that carry their own links: no allocation, and leaving from
/// the middle takes constant time. It does not own its elements, and must be empty when it dies.
template <class T>
class intrusive_list {
 public:
  intrusive_list() noexcept { reset(); }
  intrusive_list(const intrusive_list&) = delete;
  intrusive_list& operator=(const intrusive_list&) = delete;
  ~intrusive_list() {
    OURO_ASSERT(empty());
    head_.next_ = nullptr;
    head_.previous_ = nullptr;
  }

  bool empty() const noexcept { return head_.next_ == &head_; }

  T& front() noexcept { return static_cast<T&>(*head_.next_); }
  T& back() noexcept { return static_cast<T&>(*head_.previous_); }

  void push_back(T& element) noexcept { static_cast<list_hook&>(element).link_before(head_); }

  /// Puts `element` in front of `place`, which is in this list.
  void insert_before(T& place, T& element) noexcept {
    static_cast<list_hook&>(element).link_before(static_cast<list_hook&>(place));
  }

  T& pop_front() noexcept {
    OURO_ASSERT(!empty());
    T& element = front();
    static_cast<list_hook&>(element).unlink();
    return element;
  }

  /// Appends all of `other`, which is empty afterwards.
  void splice_back(intrusive_list& other) noexcept {
    if (other.empty()) return;
    list_hook* first = other.head_.next_;
    list_hook* last = other.head_.previous_;
    first->previous_ = head_.previous_;
    head_.previous_->next_ = first;
    last->next_ = &head_;
    head_.previous_ = last;
    other.reset();
  }

  class iterator {
   public:
    explicit iterator(list_hook* at) noexcept : at_(at) {}
    T& operator*() const noexcept { return static_cast<T&>(*at_); }
    iterator& operator++() noexcept {
      at_ = at_->next_;
      return *this;
    }
    bool operator==(const iterator&) const noexcept = default;

   private:
    list_hook* at_;
  };

  iterator begin() noexcept { return iterator(head_.next_); }
  iterator end() noexcept { return iterator(&head_); }

 private:
  struct anchor : list_hook {};

  void reset() noexcept {
    head_.next_ = &head_;
    head_.previous_ = &head_;
  }

  anchor head_;
};

}  // namespace ouro::inline v0
