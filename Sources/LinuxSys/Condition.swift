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
