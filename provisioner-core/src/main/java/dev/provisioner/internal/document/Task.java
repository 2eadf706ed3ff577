package dev.provisioner.internal.document;

import java.time.Instant;
import java.util.List;
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

  /** Fills in what an older document lacks. */
  public Task {
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
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.DECIDING,
        op,
        nonce,
        failures,
        handle,
        null,
        startedAt == null ? now : startedAt,
        null,
        result,
        retries,
        error,
        null,
        before);
  }

  /** Returns this task at the start of an operation. */
  public Task begin(Op newOp, String onNonce) {
    boolean same = newOp == op && onNonce.equals(nonce);
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.LOOKING,
        newOp,
        onNonce,
        same ? failures : 0,
        null,
        null,
        startedAt,
        null,
        result,
        retries,
        error,
        note,
        before);
  }

  /** Returns this task in another phase of its operation. */
  public Task phase(Phase newPhase) {
    return new Task(
        step, goal, waitsFor, newPhase, op, nonce, failures, handle, null, startedAt, null, result,
        retries, error, note, before);
  }

  /** Returns this task without what it waited for, or what was to know of it. */
  public Task unnoted() {
    return new Task(
        step, goal, waitsFor, phase, op, nonce, failures, handle, dueAt, startedAt, endedAt, result,
        retries, error, null, before);
  }

  /** Returns this task, waiting to ask again about a pending call. */
  public Task waiting(@Nullable String newHandle, Instant due, String waitingFor) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.WAITING,
        op,
        nonce,
        0,
        newHandle,
        due,
        startedAt,
        null,
        result,
        retries,
        error,
        waitingFor,
        before);
  }

  /** Returns this task after a failed attempt, to be tried again. */
  public Task retrying(Instant due, Failure failure) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.RETRYING,
        op,
        nonce,
        failures + 1,
        handle,
        due,
        startedAt,
        null,
        result,
        retries + 1,
        failure,
        null,
        before);
  }

  /** Returns this task after an operation that went well, to decide what comes next. */
  public Task advanced(@Nullable String newResult, @Nullable String newNote) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.DECIDING,
        null,
        null,
        0,
        null,
        null,
        startedAt,
        null,
        newResult == null ? result : newResult,
        retries,
        error,
        newNote == null ? note : newNote,
        before);
  }

  /** Returns this task with its goal reached. */
  public Task done(String finalResult, Instant now) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.DONE,
        null,
        null,
        0,
        null,
        null,
        startedAt,
        now,
        finalResult,
        retries,
        error,
        note,
        before);
  }

  /** Returns this task, failed for good in this run. */
  public Task failed(Failure failure, Instant now) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.FAILED,
        op,
        nonce,
        failures + 1,
        handle,
        null,
        startedAt,
        now,
        "failed",
        retries,
        failure,
        null,
        before);
  }

  /** Returns this task, given up in this run. */
  public Task stopped(String why) {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.STOPPED,
        op,
        nonce,
        failures,
        handle,
        null,
        startedAt,
        null,
        result,
        retries,
        error,
        why,
        before);
  }

  /**
   * Returns this task as a resumed run begins with it: fresh attempts, the handle kept unless what
   * it stands for has failed for good.
   */
  public Task resumed() {
    boolean dead = phase == Phase.FAILED && error != null && error.type() == Failure.Type.PERMANENT;
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.BLOCKED,
        op,
        nonce,
        0,
        dead ? null : handle,
        null,
        null,
        null,
        null,
        retries,
        error,
        null,
        before);
  }

  /**
   * Returns this task as a take-over finds it: what was calling may or may not have taken effect,
   * so it starts over. A crash is not a failed attempt.
   */
  public Task recovered() {
    return new Task(
        step,
        goal,
        waitsFor,
        Phase.BLOCKED,
        op,
        nonce,
        failures,
        handle,
        null,
        startedAt,
        null,
        result,
        retries + 1,
        error,
        note,
        before);
  }
}
