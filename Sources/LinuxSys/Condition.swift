import CShim
import Glibc

/// A mutex with one condition variable. Not recursive.
// SAFETY: both live at a fixed address from init to deinit and are made for use by many threads.
package final class Condition: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    package func lock() { pthread_mutex_lock(mutex) }
    package func unlock() { pthread_mutex_unlock(mutex) }
    /// Only while locked: unlocks, waits for `wake()`, locks again. May return without reason: look again.
    package func wait() { pthread_cond_wait(changed, mutex) }
    package func wake() { pthread_cond_broadcast(changed) }
}

/// A value that threads share under one lock, and may wait for.
// SAFETY: `value` is only touched while `condition` is locked.
package final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let condition = Condition()
    private var value: Value

    package init(_ value: Value) { self.value = value }

    /// Changes or reads the value and wakes everybody who waits for it.
    package func with<T>(_ body: (inout Value) -> T) -> T {
        condition.lock()
        defer { condition.unlock() }
        let result = body(&value)
        condition.wake()
        return result
    }

    /// Waits until `body` has something to return.
    package func wait<T>(_ body: (inout Value) -> T?) -> T {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = body(&value) {
                condition.wake()
                return result
            }
            condition.wait()
        }
    }
}
