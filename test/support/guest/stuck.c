/*
 * A process whose mmap lock is held and waited for, as khugepaged's neighbour in the incident that kernward is about.
 * FILE lies on a file system that is frozen once this has said "ready". The first thread writes to a page of it and sleeps
 * in the page fault, which holds the lock (or that of the mapping); the second wants to change the same mapping. From then
 * on whoever reads this process's command line waits as well: ps, pgrep, top.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096 };
static char *page;

static void *unmap(void *unused) {
  sleep(2);
  munmap(page, SIZE);
  return unused;
}

int main(int count, char **arguments) {
  pthread_t thread;
  int file = count > 1 ? open(arguments[1], O_RDWR | O_CREAT, 0600) : -1;
  if (file < 0 || ftruncate(file, SIZE) != 0) return 1;
  page = mmap(0, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (page == MAP_FAILED) return 1;
  puts("ready");
  fflush(stdout);
  getchar(); /* until the file system is frozen */
  if (pthread_create(&thread, 0, unmap, 0) != 0) return 1;
  page[0] = 1;
  return 0;
}
