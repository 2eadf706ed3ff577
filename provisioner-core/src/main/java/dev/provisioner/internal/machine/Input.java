package dev.provisioner.internal.machine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.provisioner.internal.document.Delivery;
import dev.provisioner.internal.document.Failure;
import dev.provisioner.internal.document.RunRecord;
import dev.provisioner.plan.OnFailure;
import dev.provisioner.spi.Change;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happened, for the machine to act on. */
public sealed interface Input {

  /**
   * A run is to begin. No other is under way.
   *
   * @param input what the host wants; null for a removal
   * @param steps the plan's steps, each after those it depends on; empty for a removal
   * @param deadline for the run, or null
   * @param retention for a deprovision run, or null
   * @param ticket the number it was asked for with, or 0
   * @param by who asked, or null
   */
  record Begin(
      String run,
      RunRecord.Kind kind,
      long planVersion,
      @Nullable JsonNode input,
      @Nullable String inputFingerprint,
      List<PlannedStep> steps,
      @Nullable Duration deadline,
      OnFailure onFailure,
      @Nullable Duration retention,
      long ticket,
      @Nullable String by)
      implements Input {}

  /**
   * A requested run ends before it begins anything. No other is under way.
   *
   * @param why why it fails; null if somebody withdrew the request
   * @param by who asked, or null
   */
  record Decline(String run, long planVersion, @Nullable Failure why, @Nullable String by)
      implements Input {}

  /** A failed or cancelled run is to go on, with fresh attempts. */
  record Resume() implements Input {}

  /** Another process worked on the run and is gone; what it was calling may have taken effect. */
  record Recover() implements Input {}

  /** Somebody asks for the run to stop. */
  record Cancel() implements Input {}

  /** Time has passed. */
  record Tick() implements Input {}

  /** Durable listeners were told: there may be room again for what was held back. */
  record Delivered(Delivery delivery) implements Input {}

  /** What a step is to be was computed. */
  record Evaluated(String task, Wanted wanted) implements Input {}

  /** The provisioner said how to get to what is wanted. */
  record Compared(String task, Change change, Wanted.Spec wanted) implements Input {}

  /** A call to a provisioner returned or threw. */
  record Answered(String task, Answer answer) implements Input {}

  /** A provisioner asked to remember a value; it is sealed already. */
  record Remembered(String task, String key, JsonNode value) implements Input {}
}
