package dev.provisioner.jdbc.queue;

import com.github.kagkarlsson.scheduler.task.TaskDescriptor;

/**
 * How the scheduler's tasks are named. Each plan has a name of its own, so that a node takes only
 * jobs whose plan it knows.
 */
record TaskNames(String installation) {

  TaskDescriptor<String> jobsOf(String plan) {
    return TaskDescriptor.of("job:" + installation + ":" + plan, String.class);
  }

  String sweep() {
    return "sweep:" + installation;
  }

  String housekeeping() {
    return "housekeeping:" + installation;
  }
}
