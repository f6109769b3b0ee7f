/*
 * What goes wrong inside a kernel, on demand: a module whose parameters set it off. `echo 1 >/sys/module/trouble/parameters/oops`
 * makes the writing process oops; of what takes a time the number says for how many seconds.
 */
#include <linux/bug.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

static u64 end_of(const char *seconds) {
  unsigned int count;
  return kstrtouint(seconds, 0, &count) ? 0 : ktime_get_mono_fast_ns() + count * 1000000000ULL;
}

static void spin_until(u64 end) {
  while (ktime_get_mono_fast_ns() < end) cpu_relax();
}

/* No process is scheduled, interrupts come. */
static int soft_lockup(const char *seconds, const struct kernel_param *unused) {
  preempt_disable();
  spin_until(end_of(seconds));
  preempt_enable();
  return 0;
}

/* Not even interrupts come. */
static int hard_lockup(const char *seconds, const struct kernel_param *unused) {
  unsigned long flags;
  local_irq_save(flags);
  spin_until(end_of(seconds));
  local_irq_restore(flags);
  return 0;
}

static int rcu_stall(const char *seconds, const struct kernel_param *unused) {
  rcu_read_lock();
  spin_until(end_of(seconds));
  rcu_read_unlock();
  return 0;
}

static int oops(const char *unused, const struct kernel_param *unused_too) {
  /* Who oopses gives no lock back: whoever came next would wait for this one. */
  kernel_param_unlock(THIS_MODULE);
  *(volatile int *)8 = 1;
  return 0;
}

static int warn(const char *unused, const struct kernel_param *unused_too) {
  WARN(1, "trouble was asked for\n");
  return 0;
}

#define TROUBLE(name) \
  static const struct kernel_param_ops name##_ops = {.set = name}; \
  module_param_cb(name, &name##_ops, NULL, 0200)

TROUBLE(soft_lockup);
TROUBLE(hard_lockup);
TROUBLE(rcu_stall);
TROUBLE(oops);
TROUBLE(warn);
MODULE_LICENSE("GPL");
