package dev.provisioner.internal.document;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a run's work on one step. It goes through operations on the step's resources, one at
 * a time, until its goal is reached.
 *
 * @param step the step's name
 * @param goal what is to be reached
 * @param waitsFor the steps whose same goal must be reached first
 * @param phase how far it is
 * @param op the operation it is in, or null
 * @param nonce the resource the operation is on, or null
 * @param failures failed attempts of this operation
 * @param handle of a call that answered pending, or null
 * @param dueAt when it goes on, for the waiting phases
 * @param startedAt when its first operation began
 * @param result what came of it, for people: {@code created}, {@code unchanged}, …
 * @param retries failed attempts of all its operations, for people
 * @param error the latest error, kept after a later success
 * @param note what it waits for, or what to know about the result
 * @param before the step's resource when the run began with it, or null if there was none
 */
public record Task(
    String step,
    Goal goal,
    List<String> waitsFor,
    Phase phase,
    @Nullable Op op,
    @Nullable String nonce,
    int failures,
    @Nullable String handle,
    @Nullable Instant dueAt,
    @Nullable Instant startedAt,
    @Nullable Instant endedAt,
    @Nullable String result,
    int retries,
    @Nullable Failure error,
    @Nullable String note,
    @Nullable Resource before) {

  /** What is to be reached. */
  public enum Goal {
    /** The step stands as it is wanted. */
    ENSURE,
    /** What a replacement left behind is gone. */
    DISCARD,
    /** The step is gone. */
    REMOVE,
    /** The step stands as it did before the run. */
    UNDO
  }

  /** What is done to one resource. */
  public enum Op {
    /** It is made. */
    MAKE,
    /** It is only looked for: its spec changed before it was known whether it was made. */
    SETTLE,
    /** It is changed in place. */
    UPDATE,
    /** It is removed. */
    REMOVE
  }

  /** How far a task is. */
  public enum Phase {
    /** It waits for other tasks. */
    BLOCKED,
    /** Its spec is being computed, or compared. */
    DECIDING,
    /** The backend is asked what is there. */
    LOOKING,
    /** The backend is changed. */
    ACTING,
    /** The backend is asked about a pending call. */
    POLLING,
    /** It waits until it is time to ask again. */
    WAITING,
    /** It waits for its next attempt. */
    RETRYING,
    /** Its goal is reached. */
    DONE,
    /** It failed for good, in this run. */
    FAILED,
    /** It was given up, because another failed or the run was stopped. */
    STOPPED;

    /** Returns whether a call or computation is under way. */
    public boolean calling() {
      return this == DECIDING || this == LOOKING || this == ACTING || this == POLLING;
    }

    /** Returns whether it waits for a time. */
    public boolean timed() {
      return this == WAITING || this == RETRYING;
    }

    /** Returns whether nothing more is done in this run. */
    public boolean over() {
      return this == DONE || this == FAILED || this == STOPPED;
    }
  }

  /** Fills in what an older document lacks; refuses what none can lack. */
  public Task {
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(goal, "goal");
    Objects.requireNonNull(phase, "phase");
    waitsFor = waitsFor == null ? List.of() : List.copyOf(waitsFor);
  }

  /** Returns a task that has not begun. */
  public static Task of(String step, Goal goal, List<String> waitsFor, @Nullable Resource before) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.BLOCKED,
        null,
        null,
        0,
        null,
        null,
        null,
        null,
        null,
        0,
        null,
        null,
        before);
  }

  /** Returns the key of a step's task with a goal. */
  public static String id(String step, Goal goal) {
    return goal + ":" + step;
  }

  /** Returns the task's key in its run. */
  public String id() {
    return id(step, goal);
  }

  /** Returns this task, deciding what to do next; begun now if it was not. */
  public Task deciding(Instant now) {
    Edit edit = new Edit(Phase.DECIDING);
    edit.startedAt = startedAt == null ? now : startedAt;
    edit.note = null;
    return edit.task();
  }

  /** Returns this task at the start of an operation. */
  public Task begin(Op newOp, String onNonce) {
    boolean same = newOp == op && onNonce.equals(nonce);
    Edit edit = new Edit(Phase.LOOKING);
    edit.op = newOp;
    edit.nonce = onNonce;
    edit.failures = same ? failures : 0;
    edit.handle = null;
    return edit.task();
  }

  /** Returns this task in another phase of its operation. */
  public Task phase(Phase newPhase) {
    return new Edit(newPhase).task();
  }

  /** Returns this task without what it waited for, or what was to know of it. */
  public Task unnoted() {
    Edit edit = new Edit(phase);
    edit.dueAt = dueAt;
    edit.endedAt = endedAt;
    edit.note = null;
    return edit.task();
  }

  /** Returns this task, waiting to ask again about a pending call. */
  public Task waiting(@Nullable String newHandle, Instant due, String waitingFor) {
    Edit edit = new Edit(Phase.WAITING);
    edit.failures = 0;
    edit.handle = newHandle;
    edit.dueAt = due;
    edit.note = waitingFor;
    return edit.task();
  }

  /** Returns this task after a failed attempt, to be tried again. */
  public Task retrying(Instant due, Failure failure) {
    Edit edit = new Edit(Phase.RETRYING);
    edit.failures = failures + 1;
    edit.retries = retries + 1;
    edit.dueAt = due;
    edit.error = failure;
    edit.note = null;
    return edit.task();
  }

  /** Returns this task after an operation that went well, to decide what comes next. */
  public Task advanced(@Nullable String newResult, @Nullable String newNote) {
    Edit edit = new Edit(Phase.DECIDING);
    edit.endOperation();
    edit.result = newResult == null ? result : newResult;
    edit.note = newNote == null ? note : newNote;
    return edit.task();
  }

  /** Returns this task with its goal reached. */
  public Task done(String finalResult, Instant now) {
    Edit edit = new Edit(Phase.DONE);
    edit.endOperation();
    edit.endedAt = now;
    edit.result = finalResult;
    return edit.task();
  }

  /** Returns this task, failed for good in this run. */
  public Task failed(Failure failure, Instant now) {
    Edit edit = new Edit(Phase.FAILED);
    edit.failures = failures + 1;
    edit.endedAt = now;
    edit.result = "failed";
    edit.error = failure;
    edit.note = null;
    return edit.task();
  }

  /** Returns this task, given up in this run. */
  public Task stopped(String why) {
    Edit edit = new Edit(Phase.STOPPED);
    edit.note = why;
    return edit.task();
  }

  /**
   * Returns this task as a resumed run begins with it: fresh attempts, the handle kept unless what
   * it stands for has failed for good.
   */
  public Task resumed() {
    boolean dead = phase == Phase.FAILED && error != null && error.type() == Failure.Type.PERMANENT;
    Edit edit = new Edit(Phase.BLOCKED);
    edit.failures = 0;
    edit.handle = dead ? null : handle;
    edit.startedAt = null;
    edit.result = null;
    edit.note = null;
    return edit.task();
  }

  /**
   * Returns this task as a take-over finds it: what was calling may or may not have taken effect,
   * so it starts over. A crash is not a failed attempt.
   */
  public Task recovered() {
    Edit edit = new Edit(Phase.BLOCKED);
    edit.retries = retries + 1;
    return edit.task();
  }

  /** Returns this task without what a rollback would need. */
  public Task withoutBefore() {
    return new Task(
        step, goal, waitsFor, phase, op, nonce, failures, handle, dueAt, startedAt, endedAt, result,
        retries, error, note, null);
  }

  /** This task in another phase. The times of the phase it leaves are not taken along. */
  private final class Edit {
    private final Phase phase;
    private @Nullable Op op = Task.this.op;
    private @Nullable String nonce = Task.this.nonce;
    private int failures = Task.this.failures;
    private @Nullable String handle = Task.this.handle;
    private @Nullable Instant dueAt;
    private @Nullable Instant startedAt = Task.this.startedAt;
    private @Nullable Instant endedAt;
    private @Nullable String result = Task.this.result;
    private int retries = Task.this.retries;
    private @Nullable Failure error = Task.this.error;
    private @Nullable String note = Task.this.note;

    Edit(Phase phase) {
      this.phase = phase;
    }

    void endOperation() {
      op = null;
      nonce = null;
      failures = 0;
      handle = null;
    }

    Task task() {
      return new Task(
          step, goal, waitsFor, phase, op, nonce, failures, handle, dueAt, startedAt, endedAt,
          result, retries, error, note, before);
    }
  }
}
